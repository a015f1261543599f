import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { judge } from '../../gate/judge.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { describeExperiment } from '../../report/describe-experiment.ts';
import { describeLoad } from '../../report/describe-load.ts';
import { formatDuration, formatLatency, formatRate } from '../../report/quantities.ts';
import { EXPERIMENT_FILE, readExperiment } from '../../result/experiment-file.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { type RunProgress, readProgress } from '../../result/progress-file.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';

/** The directory of a run or of an experiment as the list shows it. */
export interface ListedRun {
  /** Of the directory: what the run is asked for by. */
  readonly name: string;
  readonly what: 'run' | 'experiment';
  /** Of an experiment `pass` where it has an answer, else `fail`. `running`: no result yet, and made not long ago; `unreadable`: none that this version can read. */
  readonly state: 'pass' | 'fail' | 'invalid' | 'running' | 'unreadable';
  /** ISO 8601; null where it is not known. */
  readonly startedAt: string | null;
  readonly scenario: string;
  readonly load: string;
  readonly target: string;
  readonly p95: string;
}

export interface RunLister {
  /** Newest first. Directories that hold no run are left out. */
  list(): Promise<readonly ListedRun[]>;
}

/** A directory without a result is a run under way for this long; later, one that never ended. */
const RUNNING_FOR_MS = 6 * 3_600_000;

/** Lists the runs below a directory. Results are read once, and again only when they change. */
export function openRunLister(root: string): RunLister {
  const known = new Map<string, { readonly changedMs: number; readonly run: ListedRun }>();
  const look = async (name: string): Promise<readonly ListedRun[]> => {
    const runMs = await changeTime(join(root, name, RESULT_FILE));
    const changedMs = runMs ?? (await changeTime(join(root, name, EXPERIMENT_FILE)));
    if (changedMs === null) return unfinished(root, name);
    const before = known.get(name);
    if (before?.changedMs === changedMs) return [before.run];
    const run = await (runMs === null ? readListedExperiment : readRun)(join(root, name), name);
    known.set(name, { changedMs, run });
    return [run];
  };
  return {
    async list() {
      const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
      // Links are left out: `latest` is one of the others, and any other would lead out of the directory.
      const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const runs = (await Promise.all(names.map(look))).flat();
      return runs.sort((one, other) => (other.startedAt ?? other.name).localeCompare(one.startedAt ?? one.name));
    },
  };
}

async function readRun(directory: string, name: string): Promise<ListedRun> {
  try {
    const result = await readResult(directory);
    const { scenario, target, samples } = result;
    return {
      name,
      what: 'run',
      state: judge(result, scenario.thresholds).status,
      startedAt: result.startedAt,
      scenario: scenario.name,
      load: describeLoad(scenario.load),
      target: describeTarget(target),
      p95: formatLatency(summarizeHistogram(samples.histograms.delivery)?.p95Us ?? null),
    };
  } catch {
    return { ...EMPTY, name, state: 'unreadable' };
  }
}

async function readListedExperiment(directory: string, name: string): Promise<ListedRun> {
  try {
    const experiment = await readExperiment(directory);
    const { held, answer } = describeExperiment(experiment);
    return {
      ...EMPTY,
      name,
      what: 'experiment',
      state: held ? 'pass' : 'fail',
      startedAt: experiment.startedAt,
      scenario: experiment.scenario,
      load: `${experiment.kind}: ${answer}`,
      target: describeTarget(experiment.target),
    };
  } catch {
    return { ...EMPTY, name, state: 'unreadable' };
  }
}

function describeTarget({ kind, topology }: ExperimentResult['target']): string {
  return [kind ?? 'several', ...(topology === null ? [] : [topology])].join(', ');
}

async function unfinished(root: string, name: string): Promise<readonly ListedRun[]> {
  const progress = await readProgress(join(root, name));
  if (progress !== null) return [describeProgress(name, progress)];
  const madeMs = await changeTime(join(root, name));
  const isRecent = madeMs !== null && Date.now() - madeMs < RUNNING_FOR_MS;
  if (!isRecent || !/^\d{4}-\d\d-\d\dT/.test(name)) return [];
  return [{ ...EMPTY, name, state: 'running', startedAt: new Date(madeMs).toISOString() }];
}

function describeProgress(name: string, progress: RunProgress): ListedRun {
  const { scenario, phase, elapsedUs, totalUs, sentPerSecond, deliveredPerSecond, p95Us } = progress;
  const rates = `${formatRate(sentPerSecond)} sent, ${formatRate(deliveredPerSecond)} delivered`;
  const stand = `${phase}, ${formatDuration(Math.min(elapsedUs, totalUs))} of ${formatDuration(totalUs)}`;
  // Names of such directories begin with when they were made, to the second.
  const startedAt = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-/.exec(name);
  return {
    ...EMPTY,
    name,
    state: 'running',
    startedAt: startedAt === null ? null : `${startedAt[1]}:${startedAt[2]}:${startedAt[3]}.000Z`,
    scenario,
    load: `${stand}: ${rates}`,
    p95: p95Us === null ? '' : formatLatency(p95Us),
  };
}

const EMPTY = { what: 'run', startedAt: null, scenario: '', load: '', target: '', p95: '' } as const;

async function changeTime(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
