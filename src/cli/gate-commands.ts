import { type Command, Option } from 'commander';
import { ChatbenchError, type ExitCode } from '../errors.ts';
import {
  DEFAULT_FLOOR_COUNT,
  DEFAULT_FLOOR_US,
  DEFAULT_TOLERANCES,
  parseTolerances,
  type Tolerances,
} from '../gate/compare/tolerances.ts';
import { parseCount, parseDurationUs } from '../units.ts';
import type { AbOptions } from './commands/ab.ts';
import type { BaselineOptions } from './commands/baseline.ts';
import type { CompareCommandOptions } from './commands/compare.ts';
import type { HistoryOptions } from './commands/history.ts';
import { parsedOption } from './options/parsed-option.ts';
import { defineRunOptions } from './options/run-options.ts';

const loadAb = () => import('./commands/ab.ts');
const loadBaseline = () => import('./commands/baseline.ts');
const loadHistory = () => import('./commands/history.ts');
const loadCompare = () => import('./commands/compare.ts');

type Yielding = <Args extends unknown[]>(
  action: (...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

/** `compare`, `ab`, `baseline` and `history`: what tells one set of runs from another. */
export function addGateCommands(program: Command, yielding: Yielding): void {
  defineGateOptions(program.command('compare'))
    .argument('<base>', 'directory of a run or of a repeat, or name of a baseline')
    .argument('<head>', 'the same, of what may have become worse')
    .description('tell whether head is worse than base, by an exact test over runs')
    .addOption(
      new Option('--force', 'compare runs of different machines, scenarios, targets or versions').default(false),
    )
    .addOption(new Option('--json', 'print JSON').default(false))
    .addOption(new Option('--out <file>', 'also write the comparison there, as JSON'))
    .addOption(reportsOption())
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(
      yielding(async (base: string, head: string, options: CompareCommandOptions) =>
        (await loadCompare()).compare(base, head, options),
      ),
    );
  const ab = program.command('ab').argument('<scenario>', 'name of a scenario, or path of its file');
  defineGateOptions(defineRunOptions(ab, { repeat: 9 }))
    .requiredOption('--base <side>', "a target, or flags of run: '--target local --workers 1'")
    .requiredOption('--head <side>', 'the same, of what may have become worse')
    .description('interleave trials of two targets in one session, and compare them')
    .addHelpText('after', AB_EXAMPLES)
    .action(yielding(async (name: string, options: AbOptions) => (await loadAb()).ab(name, options)));
  const baseline = program.command('baseline').description('keep runs under a name to compare with').helpCommand(false);
  baseline
    .command('save')
    .argument('<name>', 'such as main')
    .argument('[directory]', 'directory of a run or of a repeat (default: the newest repeat, else the newest run)')
    .description('keep the results of a run or of a repeat; what has that name is replaced')
    .addOption(reportsOption())
    .action(
      yielding(async (name: string, directory: string | undefined, options: BaselineOptions) =>
        (await loadBaseline()).baselineSave(name, directory, options),
      ),
    );
  baseline
    .command('list')
    .description('list the baselines, each with what it was measured on')
    .addOption(reportsOption())
    .action(yielding(async (options: BaselineOptions) => (await loadBaseline()).baselineList(options)));
  program
    .command('history')
    .argument('[scenario]', 'name of a scenario (default: that of the newest run)')
    .description('show runs of one kind over time, and where a level changed')
    .addOption(new Option('--html <file>', 'also write a page'))
    .addOption(new Option('--json', 'print JSON').default(false))
    .addOption(reportsOption())
    .action(
      yielding(async (scenario: string | undefined, options: HistoryOptions) =>
        (await loadHistory()).history(scenario, options),
      ),
    );
}

function defineGateOptions(command: Command): Command {
  const group = 'Comparison:';
  return command
    .addOption(
      new Option(
        '--tolerance <list>',
        'what may be slower, and by how much; no other time is gated. A count may be among it',
      )
        .argParser(readTolerances)
        .default(parseTolerances(DEFAULT_TOLERANCES), DEFAULT_TOLERANCES)
        .helpGroup(group),
    )
    .addOption(
      parsedOption('--floor <time>', 'smaller differences are none', parseDurationUs, DEFAULT_FLOOR_US)
        .default(DEFAULT_FLOOR_US, '1ms')
        .helpGroup(group),
    )
    .addOption(
      parsedOption(
        '--floor-count <n>',
        'the same of counts that base has, too',
        parseCount,
        DEFAULT_FLOOR_COUNT,
      ).helpGroup(group),
    )
    .addOption(
      new Option('--require-power', 'pass only where a regression would have been found, else exit with 5')
        .default(false)
        .helpGroup(group),
    )
    .addOption(
      new Option('--confirm', 'measure a regression again before believing it').default(false).helpGroup(group),
    );
}

function readTolerances(text: string): Tolerances {
  const tolerances = parseTolerances(text);
  if (typeof tolerances !== 'string') return tolerances;
  throw new ChatbenchError('usage', `--tolerance ${text}: ${tolerances}`);
}

function reportsOption(): Option {
  return new Option('--reports <directory>', 'where runs and baselines are kept').default('reports');
}

const COMPARE_EXAMPLES = `
Examples:
  chatbench run burst --repeat 9 --out before     …change something…
  chatbench run burst --repeat 9 --out after
  chatbench compare before after --tolerance p50=10%,p95=15%,p99=25% --floor 1ms
  chatbench compare main after --confirm --require-power     main: see \`chatbench baseline\``;

const AB_EXAMPLES = `
Examples:
  chatbench ab burst --base ws://127.0.0.1:8080 --head ws://127.0.0.1:8081
  chatbench ab burst --target local --base '--workers 1' --head '--workers 4'`;
