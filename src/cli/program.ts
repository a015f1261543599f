import { Argument, Command, Help, InvalidArgumentError, Option } from 'commander';
import { BALANCES, QUEUE_TYPES, TOPOLOGIES } from '../choices.ts';
import type { ExitCode } from '../errors.ts';
import * as rules from '../scenario/rules.ts';
import { parseCount } from '../units.ts';
import { readVersion } from '../version.ts';
import { addAgentCommands } from './agent-commands.ts';
import { type AgentOptions, defineAgentOptions } from './agents/agent-options.ts';
import { type AuditOptions, defineAuditOptions } from './audit/audit-options.ts';
import { completion, SHELLS } from './commands/completion.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { help } from './commands/help.ts';
import type { InitOptions } from './commands/init.ts';
import { metrics } from './commands/metrics.ts';
import type { ProbeOptions } from './commands/probe.ts';
import type { ReportOptions } from './commands/report.ts';
import { scenarios } from './commands/scenarios.ts';
import type { ServeOptions } from './commands/serve.ts';
import type {
  DeadLettersOptions,
  TargetInstallOptions,
  TargetLogsOptions,
  TargetStatusOptions,
  TargetUpOptions,
} from './commands/target.ts';
import { addGateCommands } from './gate-commands.ts';
import { formatOption } from './options/format-option.ts';
import { parsedArgument } from './options/parsed-argument.ts';
import { parsedOption } from './options/parsed-option.ts';
import { allowTargetOption, defineRunOptions, type RunOptions, reachOptions } from './options/run-options.ts';

// Loaded when they run: what they need (clients of brokers, the live view) would otherwise cost every `--help` its start.
const loadAudit = () => import('./commands/audit.ts');
const loadRun = () => import('./commands/run.ts');
const loadMatrix = () => import('./commands/matrix.ts');
const loadRepeat = () => import('./commands/repeat.ts');
const loadDoctor = () => import('./commands/doctor.ts');
const loadOpen = () => import('./commands/open.ts');
const loadServe = () => import('./commands/serve.ts');
const loadInit = () => import('./commands/init.ts');
const loadProbe = () => import('./commands/probe.ts');
const loadReport = () => import('./commands/report.ts');
const loadTarget = () => import('./commands/target.ts');

/**
 * The command tree. Errors of usage are thrown (CommanderError), not printed; `settle` gets the exit code of the action.
 */
export function buildProgram(settle: (exitCode: ExitCode) => void): Command {
  const program = new Command('chatbench');
  // Before the first subcommand: each inherits these as they stand when it is made.
  program.exitOverride().configureOutput({ outputError: () => {} });
  program.showSuggestionAfterError().helpCommand(false).configureHelp({ optionDescription: describeOption });
  program
    .description('Load tests and benchmarks for real-time chat back ends, measured at the recipient.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', PROGRAM_EXAMPLES);

  /** An action that yields its exit code. */
  const yielding =
    <Args extends unknown[]>(action: (...args: Args) => Promise<ExitCode>) =>
    async (...args: Args) =>
      settle(await action(...args));

  defineAgentOptions(
    defineRunOptions(program.command('run').argument('<scenario>', 'name of a scenario, or path of its file')),
  )
    .description('run a scenario against a target and judge it')
    .addHelpText('after', RUN_EXAMPLES)
    .action(
      yielding(async (name: string, options: RunOptions & AgentOptions) =>
        options.repeat > 1 ? (await loadRepeat()).repeat(name, options) : (await loadRun()).run(name, options),
      ),
    );
  defineRunOptions(program.command('matrix').argument('<scenario>', 'name of a scenario, or path of its file'))
    .description('run a scenario on every combination of listed flags, with one identical schedule, and compare')
    .addHelpText('after', MATRIX_EXAMPLES)
    .action(yielding(async (name: string, options: RunOptions) => (await loadMatrix()).matrix(name, options)));
  defineAuditOptions(program.command('audit'))
    .description('try on a chat what a careful engineer would, and grade it: two minutes with --quick')
    .addHelpText('after', AUDIT_EXAMPLES)
    .action(yielding(async (options: AuditOptions) => (await loadAudit()).audit(options)));
  const probeCommand = program.command('probe');
  for (const option of reachOptions()) probeCommand.addOption(option);
  probeCommand
    .addArgument(parsedArgument('<url>', 'address of the server, such as ws://127.0.0.1:8080', rules.serverUrl))
    .requiredOption(
      '--protocol <protocol>',
      'echo, socket.io, stomp, mqtt and others, or a file that describes how to speak to it',
    )
    .addOption(allowTargetOption())
    .addOption(
      parsedOption('--timeout <time>', 'how long to wait for anything', rules.positiveDuration, 3_000_000, '3s'),
    )
    .addOption(new Option('--record <file>', 'keep the frames, one a line as JSON, such as for a test'))
    .addOption(jsonOption())
    .description('connect two users, send three messages at once, and tell what each frame was taken for')
    .addHelpText('after', PROBE_EXAMPLES)
    .action(yielding(async (url: string, options: ProbeOptions) => (await loadProbe()).probe(url, options)));
  const initCommand = program.command('init');
  for (const option of reachOptions()) initCommand.addOption(option);
  initCommand
    .addArgument(parsedArgument('[url]', 'address of your server, to find out what it speaks', rules.serverUrl))
    .addOption(new Option('--out <directory>', 'where scenario.yaml and protocol.yaml are written').default('.'))
    .addOption(new Option('--force', 'write over files that are there').default(false))
    .addOption(allowTargetOption())
    .addOption(
      parsedOption('--timeout <time>', 'how long to wait for an answer', rules.positiveDuration, 2_000_000, '2s'),
    )
    .description('write a scenario and a description of your server to begin with')
    .action(yielding(async (url: string | undefined, options: InitOptions) => (await loadInit()).init(url, options)));
  program
    .command('scenarios')
    .description('list the ready-made scenarios, each with the question that it answers')
    .addOption(jsonOption())
    .action(yielding(scenarios));
  program
    .command('metrics')
    .description('list what a threshold can be set on, with unit, statistics and meaning')
    .addOption(jsonOption())
    .action(yielding(metrics));
  program
    .command('explain')
    .argument('[code]', 'a finding of a diagnosis, such as saturated; all of them where it is left out')
    .description('tell what a finding of a run means, how it is found, and what helps')
    .action(yielding(explain));
  program
    .command('doctor')
    .description('tell versions, limits, and which targets can run on this machine')
    .addOption(jsonOption())
    .action(yielding(async (options: DoctorOptions) => (await loadDoctor()).doctor(options)));
  addTargetCommands(program.command('target').description('start, stop and look after a reference cluster'), yielding);
  program
    .command('report')
    .argument(
      '<directory...>',
      'directory of a run or of a repeat, such as reports/latest; several are laid over each other',
    )
    .description("render a run's report again, or several runs together, from their result.json")
    .addOption(formatOption('what to write, html where left out'))
    .addOption(new Option('--out <directory>', 'where to write it (default: beside the result)'))
    .addOption(jsonOption())
    .addOption(new Option('--quiet', 'print the verdict only').default(false))
    .addOption(new Option('--details', 'print all that was measured, not what fits one screen').default(false))
    .addOption(new Option('--explain', 'the same, and what each row of it means').default(false))
    .action(
      yielding(async (directories: string[], options: ReportOptions) =>
        (await loadReport()).report(directories, options),
      ),
    );
  addAgentCommands(program, yielding);
  addGateCommands(program, yielding);
  program
    .command('open')
    .argument('[directory]', 'directory of a run or of a repeat', 'reports/latest')
    .description('open the report of a run in the browser, and print its path')
    .action(yielding(async (directory: string) => (await loadOpen()).open(directory)));
  program
    .command('serve')
    .argument('[directory]', 'where runs are written', 'reports')
    .description('list runs and show their reports, on this machine only, until interrupted')
    .addOption(parsedOption('--port <port>', 'where to listen; 0: any that is free', parseCount, 0))
    .action(
      yielding(async (directory: string, options: ServeOptions) => (await loadServe()).serve(directory, options)),
    );
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(SHELLS))
    .description('print a script that completes commands, flags and scenarios')
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(yielding((shell) => completion(program, shell)));
  program
    .command('help')
    .argument('[topic...]', 'a command, or exit-codes')
    .description('print help on a command, or on the exit codes')
    .action(yielding((topics) => help(program, topics)));
  return program;
}

type Yielding = <Args extends unknown[]>(
  action: (...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

function addTargetCommands(target: Command, yielding: Yielding): void {
  target.helpCommand(false);
  target
    .command('up')
    .description('start a reference cluster that stays up')
    .addOption(
      new Option('--kind <kind>', 'what to start').choices(['auto', 'embedded', 'local', 'compose']).default('auto'),
    )
    .addOption(
      new Option('--topology <topology>', 'how messages get to the gateways of the recipients')
        .choices(TOPOLOGIES)
        .default('worker'),
    )
    .addOption(new Option('--queue-type <type>', 'of its RabbitMQ').choices(QUEUE_TYPES).default('classic'))
    .addOption(parsedOption('--gateways <count>', 'gateways', rules.gateways, 2))
    .addOption(parsedOption('--workers <count>', 'workers', rules.workers, 1))
    .addOption(
      new Option('--balance <method>', 'how nginx spreads clients; none: they do it themselves')
        .choices(BALANCES)
        .default('none'),
    )
    .addOption(new Option('--auth', 'its users must bear tokens; runs with --auth sign their own'))
    .addOption(nameOption('what to call it, where there are several'))
    .action(yielding(async (options: TargetUpOptions) => (await loadTarget()).targetUp(options)));
  target
    .command('down')
    .argument('[name]', 'of one that was started with --name', readName)
    .description('stop it and remove all that it left')
    .action(yielding(async (name: string | undefined) => (await loadTarget()).targetDown(name)));
  target
    .command('status')
    .argument('[name]', 'of one that was started with --name', readName)
    .description('tell what of it is running, and at which addresses')
    .addOption(jsonOption())
    .action(
      yielding(async (name: string | undefined, options: TargetStatusOptions) =>
        (await loadTarget()).targetStatus(name, options),
      ),
    );
  target
    .command('logs')
    .argument('[component]', 'such as redis or gateway-1; all where it is left out')
    .description('print the last lines of its logs')
    .addOption(parsedOption('--lines <count>', 'lines of each log', parseCount, 50))
    .addOption(nameOption('of one that was started with --name'))
    .action(
      yielding(async (name: string | undefined, options: TargetLogsOptions) =>
        (await loadTarget()).targetLogs(name, options),
      ),
    );
  const deadLetters = target
    .command('dead-letters')
    .description('what could not be stored, and was put aside')
    .helpCommand(false);
  deadLetters
    .command('list')
    .description('tell what they are, the oldest first')
    .addOption(parsedOption('--most <count>', 'dead letters', parseCount, 100))
    .addOption(nameOption('of a target that was started with --name'))
    .addOption(jsonOption())
    .action(yielding(async (options: DeadLettersOptions) => (await loadTarget()).listDeadLetterLines(options)));
  deadLetters
    .command('replay')
    .description('send them to the workers again, once the cause is mended')
    .addOption(parsedOption('--most <count>', 'dead letters', parseCount, 10_000))
    .addOption(nameOption('of a target that was started with --name'))
    .action(yielding(async (options: DeadLettersOptions) => (await loadTarget()).replayDeadLetterLines(options)));
  target
    .command('install')
    .description('install the brokers and the database that are missing for the target local')
    .addOption(new Option('--yes', 'install without asking').default(false))
    .addOption(
      new Option(
        '--test-tools',
        "also what the project's own tests need: nats-server, mosquitto, prosody, daphne, Chromium, xmllint",
      ).default(false),
    )
    .action(yielding(async (options: TargetInstallOptions) => (await loadTarget()).targetInstall(options)));
}

/** Without the default of a switch, which is always off. */
function describeOption(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON').default(false);
}

const PROGRAM_EXAMPLES = `
Examples:
  chatbench run burst --rate 1200                  on the best target here
  chatbench run burst --target embedded --json     no broker; JSON summary
  chatbench run echo --target ws://127.0.0.1:8080  any server that echoes
  chatbench doctor                                 what can run here
  chatbench help exit-codes                        what each one means`;

const RUN_EXAMPLES = `
Examples:
  chatbench run burst --rate 1200
  chatbench run burst --rate 5000 --duration 10s --target local --workers 4
  chatbench run burst --threshold 'delivery.p99 < 300ms' --threshold 'lost == 0'
  chatbench run ./my-scenario.yaml --out /tmp/reports --quiet`;

const PROBE_EXAMPLES = `
Examples:
  chatbench probe ws://127.0.0.1:8080 --protocol ./my-protocol.yaml
  chatbench probe ws://127.0.0.1:3000 --protocol socket.io`;

const AUDIT_EXAMPLES = `
Examples:
  chatbench audit --quick
  chatbench audit --target ws://127.0.0.1:8080/ --protocol my-chat.yaml
  chatbench audit --quick --target embedded --require B`;

const MATRIX_EXAMPLES = `
Examples:
  chatbench matrix burst --topology worker,pubsub,fanout
  chatbench matrix burst --workers 1,2,4 --rate 1200,5000 --repeat 5     tells the best of each rate
  chatbench matrix connections --balance round-robin,least-conn,ip-hash`;

const COMPLETION_EXAMPLES = `
Examples:
  source <(chatbench completion bash)
  chatbench completion zsh > "\${fpath[1]}/_chatbench"
  chatbench completion fish > ~/.config/fish/completions/chatbench.fish`;

function nameOption(description: string): Option {
  return new Option('--name <name>', description).argParser(readName);
}

/** It becomes part of the name of a file. */
function readName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(text)) return text;
  throw new InvalidArgumentError('expected up to 32 letters, digits and "-"');
}
