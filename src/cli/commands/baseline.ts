import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { summarizeRuns } from '../../gate/compare/summarize-runs.ts';
import { formatFigure } from '../../report/format-figure.ts';
import { REPEAT_FILE } from '../../result/repeat-index.ts';
import { RESULT_FILE } from '../../result/result-file.ts';
import { printLine } from '../print.ts';
import { baselineDirectory, listBaselineNames, readRuns, type StoredRuns } from '../series/read-runs.ts';

export interface BaselineOptions {
  /** The directory that baselines are kept in, below `baselines`. */
  readonly reports: string;
}

/**
 * `chatbench baseline save NAME [DIR]`: keeps the results of a run or of a repeat under a name; what was kept under it is replaced.
 * Without a directory, the newest repeat or else the newest run.
 *
 * @throws ChatbenchError `usage` for a name that is none, `result-unreadable` where there is nothing to keep
 */
export async function baselineSave(
  name: string,
  path: string | undefined,
  { reports }: BaselineOptions,
): Promise<ExitCode> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new ChatbenchError(
      'usage',
      `baseline ${JSON.stringify(name)}: expected letters, digits, . _ and - such as main`,
    );
  }
  const repeat = join(reports, 'latest-repeat');
  const runs = await readRuns(path ?? (existsSync(repeat) ? repeat : join(reports, 'latest')), reports);
  const directory = baselineDirectory(reports, name);
  await replaceDirectory(directory, (draft) => copyRuns(runs, draft));
  printLine(
    `saved ${runs.results.length} ${runs.results.length === 1 ? 'run' : 'runs'} as baseline ${name}: ${directory}`,
  );
  return EXIT.pass;
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
      `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
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
    await mkdir(place, { recursive: true });
    await cp(join(directory, RESULT_FILE), join(place, RESULT_FILE));
  }
}

/** Filled beside, then renamed: readers see the old baseline or the new one. */
async function replaceDirectory(directory: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${directory}.${process.pid}.tmp`;
  await mkdir(dirname(directory), { recursive: true });
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  try {
    await fill(draft);
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
