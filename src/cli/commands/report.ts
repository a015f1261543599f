import { join, resolve } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import type { FormatName } from '../../report/format-names.ts';
import type { JudgedRun } from '../../report/formats.ts';
import { EXPERIMENT_FILE, findExperiment, readExperiment } from '../../result/experiment-file.ts';
import { showExperiment } from '../experiments/show-experiment.ts';
import { writeExperimentReport } from '../experiments/write-experiment-report.ts';
import { readJudgedRuns } from '../run/read-judged-runs.ts';
import { showResult } from '../run/show-result.ts';
import { tellGithub } from '../run/tell-github.ts';
import { writeReports } from '../run/write-reports.ts';
import { directoryOf } from '../series/read-runs.ts';

export interface ReportOptions {
  readonly format?: readonly FormatName[];
  /** Where reports are written; beside the result where undefined, which one directory allows. */
  readonly out?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly details: boolean;
  readonly explain: boolean;
}

/**
 * `chatbench report <directory…>`: judges and renders runs again, from their result.json alone. Several runs, such as the trials
 * of a repeat, share one HTML report, which lays them over each other; every other format has a directory per run. An experiment
 * has a page of its own. Ends with 0 whatever the verdict: it is the run that was judged.
 *
 * @throws ChatbenchError `result-unreadable`, or `output-unwritable` where a report cannot be written
 */
export async function report(paths: readonly string[], options: ReportOptions): Promise<ExitCode> {
  const [only] = paths;
  const experiment = only === undefined ? null : findExperiment(only);
  if (experiment !== null && paths.length === 1) return reportExperiment(experiment, options);
  const directories = paths.map(directoryOf);
  const runs = (await Promise.all(directories.map(readJudgedRuns))).flat();
  const formats = options.format ?? ['html'];
  const out = options.out ?? onlyOf(directories);
  const written = await writeAll(out, runs, formats);
  for (const run of runs) {
    if (formats.includes('github')) await tellGithub(run);
    showResult(run.result, run.verdict, { ...options, resultFile: run.resultFile, reportFiles: written });
  }
  return EXIT.pass;
}

async function reportExperiment(directory: string, options: ReportOptions): Promise<ExitCode> {
  const others = (options.format ?? []).filter((name) => name !== 'html');
  if (others.length > 0) {
    throw new ChatbenchError('usage', `report: an experiment is rendered as html only, not as ${others.join(', ')}`, {
      hint: 'its steps are runs, each in a directory of its own: chatbench report DIR/STEP --format …',
    });
  }
  const experiment = await readExperiment(directory);
  const out = options.out ?? directory;
  const report = await writeExperimentReport(out, experiment, directory).catch((cause) => {
    throw describeUnwritable(cause, out);
  });
  showExperiment(experiment, { ...options, files: [report, join(directory, EXPERIMENT_FILE)] });
  return EXIT.pass;
}

function onlyOf(directories: readonly string[]): string {
  const [only, ...more] = directories;
  if (only !== undefined && more.length === 0) return only;
  throw new ChatbenchError('usage', `report: expected --out DIR for ${directories.length} runs`, {
    hint: 'one run is rendered beside its result, several need a place of their own',
  });
}

async function writeAll(
  out: string,
  runs: readonly JudgedRun[],
  formats: readonly FormatName[],
): Promise<readonly string[]> {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  try {
    if (others.length === 0) return await writeReports(out, first, formats);
    const shared = await writeReports(
      out,
      first,
      formats.filter((name) => name === 'html'),
      others,
    );
    const rest = formats.filter((name) => name !== 'html');
    const own = await Promise.all(
      runs.map((run, index) => writeReports(join(out, directoryName(run, index)), run, rest)),
    );
    return [...shared, ...own.flat()];
  } catch (cause) {
    throw describeUnwritable(cause as NodeJS.ErrnoException, out);
  }
}

/** The id is a text of a file that anybody may have written: it must not lead out of the directory. */
function directoryName({ result }: JudgedRun, index: number): string {
  return `${index + 1}-${result.id.replaceAll(/[^\w-]/g, '_')}`;
}

/** Only what failed below `out` is the operator's to mend. */
function describeUnwritable(cause: NodeJS.ErrnoException, out: string): Error {
  if (cause.path === undefined || !resolve(cause.path).startsWith(resolve(out))) return cause;
  return new ChatbenchError('output-unwritable', `${out}: cannot write a report there (${cause.code})`, {
    cause,
  });
}
