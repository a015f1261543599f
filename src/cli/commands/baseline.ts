import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { sampleRun } from '../../gate/compare/run-sample.ts';
import { summarizeRuns } from '../../gate/compare/summarize-runs.ts';
import { formatMinute, formatPlural } from '../../quantities.ts';
import { formatFigure } from '../../report/format-figure.ts';
import { makeDirectory } from '../../result/make-directory.ts';
import { REPEAT_FILE } from '../../result/repeat-index.ts';
import { RESULT_FILE } from '../../result/result-file.ts';
import { printLine } from '../print.ts';
import { baselineDirectory, listBaselineNames, readRuns, type StoredRuns } from '../series/read-runs.ts';
import { replaceDirectory, UNFINISHED } from '../series/replace-directory.ts';

export interface BaselineOptions {
  /** The directory that baselines are kept in, below `baselines`. */
  readonly reports: string;
}

/**
 * `chatbench baseline save NAME [DIR]`: keeps the results of a run or of a repeat under a name; what was kept under it is replaced.
 * Without a directory, the newest repeat or else the newest run.
 *
 * @throws ChatbenchError `usage` for a name that is none or for runs that are not sound, `result-unreadable` where there is
 *   nothing to keep
 */
export async function baselineSave(
  name: string,
  path: string | undefined,
  { reports }: BaselineOptions,
): Promise<ExitCode> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || name.endsWith(UNFINISHED)) {
    throw new ChatbenchError(
      'usage',
      `baseline ${JSON.stringify(name)}: expected letters, digits, . _ and - such as main`,
    );
  }
  const runs = await readRuns(path ?? findNewest(reports), reports);
  refuseUnsound(name, runs);
  const directory = baselineDirectory(reports, name);
  await replaceDirectory(directory, (draft) => copyRuns(runs, draft));
  printLine(`saved ${formatPlural(runs.results.length, 'run')} as baseline ${name}: ${directory}`);
  return EXIT.pass;
}

/** @throws ChatbenchError `result-unreadable` where nothing has been run yet */
function findNewest(reports: string): string {
  const newest = ['latest-repeat', 'latest'].map((name) => join(reports, name)).find((path) => existsSync(path));
  if (newest !== undefined) return newest;
  throw new ChatbenchError('result-unreadable', `no run in ${reports} yet, expected one to keep`, {
    hint: 'first `chatbench run burst --repeat 5`, or give the directory of a run: `chatbench baseline save NAME DIR`',
  });
}

/** Whatever is compared with an invalid run is inconclusive. */
function refuseUnsound(name: string, { label, results }: StoredRuns): void {
  const unsound = results.map((result) => sampleRun(result, [])).filter(({ problem }) => problem !== null);
  if (unsound.length === 0) return;
  const lines = unsound.map(({ id, problem }) => `run ${id}: ${problem}`);
  throw new ChatbenchError(
    'usage',
    `baseline ${name}: expected sound runs, ${unsound.length} of ${results.length} in ${label} cannot be used\n${lines.join('\n')}`,
    { hint: 'every comparison with them would be inconclusive; measure again, such as `chatbench run … --repeat 9`' },
  );
}

/** `chatbench baseline list` */
export async function baselineList({ reports }: BaselineOptions): Promise<ExitCode> {
  const names = listBaselineNames(reports);
  if (names.length === 0) printLine(`no baselines in ${reports}; make one with \`chatbench baseline save NAME\``);
  for (const name of names) {
    const { results } = await readRuns(baselineDirectory(reports, name), reports);
    const p95 = summarizeRuns(results).get('delivery.p95');
    const { scenario, target, startedAt, environment } = results[0]!;
    const facts = [
      `${results.length} × ${scenario.name} on ${target.kind}`,
      p95 === undefined ? 'no data' : `p95 ${formatFigure('delivery.p95', p95.median)}`,
      `${formatMinute(startedAt)} UTC`,
      `chatbench ${environment.chatbench}`,
    ];
    printLine(`${name.padEnd(20)} ${facts.join(', ')}`);
  }
  return EXIT.pass;
}

/** Only what comparisons read: reports can be rendered again. */
async function copyRuns(runs: StoredRuns, draft: string): Promise<void> {
  const index = join(runs.directory, REPEAT_FILE);
  if (existsSync(index)) await cp(index, join(draft, REPEAT_FILE));
  for (const directory of runs.directories) {
    const place = join(draft, basename(directory));
    await makeDirectory(place);
    await cp(join(directory, RESULT_FILE), join(place, RESULT_FILE));
  }
}
