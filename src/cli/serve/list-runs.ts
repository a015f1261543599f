import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { judge } from '../../gate/judge.ts';
import { formatCount, formatDuration, formatLatency, formatPlural, formatRate } from '../../quantities.ts';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { describeExperiment } from '../../report/describe-experiment.ts';
import { describeLoad } from '../../report/describe-load.ts';
import type { ListedRun } from '../../report/html/listed-run.ts';
import { COMPARISON_FILE, comparisonSchema } from '../../report/json/comparison-schema.ts';
import { EXPERIMENT_FILE, readExperiment } from '../../result/experiment-file.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { type RunProgress, readProgress } from '../../result/progress-file.ts';
import { REPEAT_FILE, readRepeatIndex } from '../../result/repeat-index.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import { describePart } from '../run/describe-part.ts';

export interface RunLister {
  /** Newest first. Directories that hold no run, and those of runs that never ended, are left out. */
  list(): Promise<readonly ListedRun[]>;
}

/** By which file a directory is known, in the order in which they are looked for. */
const READERS = [
  [RESULT_FILE, readRun],
  [EXPERIMENT_FILE, readListedExperiment],
  [REPEAT_FILE, readListedRepeat],
  [COMPARISON_FILE, readListedComparison],
] as const;

/** Lists the runs below a directory. Results are read once, and again only when they change. */
export function openRunLister(root: string): RunLister {
  const known = new Map<string, { readonly changedMs: number; readonly run: ListedRun }>();
  const look = async (name: string): Promise<readonly ListedRun[]> => {
    // Trials of a repeat are in its index as they end: until the last one, it is under way all the same.
    const progress = await readProgress(join(root, name));
    if (progress !== null) return [describeProgress(name, progress)];
    for (const [file, read] of READERS) {
      const changedMs = await changeTime(join(root, name, file));
      if (changedMs === null) continue;
      const before = known.get(name);
      if (before?.changedMs === changedMs) return [before.run];
      const run = await read(join(root, name), name).catch(() => ({ ...EMPTY, name, state: 'unreadable' as const }));
      known.set(name, { changedMs, run });
      return [run];
    }
    return [];
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
}

async function readListedExperiment(directory: string, name: string): Promise<ListedRun> {
  const experiment = await readExperiment(directory);
  const { state, answer } = describeExperiment(experiment);
  return {
    ...EMPTY,
    name,
    what: 'experiment',
    state: state === 'none' ? 'fail' : 'pass',
    startedAt: experiment.startedAt,
    scenario: experiment.scenario,
    load: `${experiment.kind}: ${answer}`,
    target: describeTarget(experiment.target),
  };
}

async function readListedRepeat(directory: string, name: string): Promise<ListedRun> {
  const { scenario, startedAt, planned, trials, figures } = (await readRepeatIndex(directory))!;
  const states = trials.map(({ verdict }) => verdict);
  const median = figures['delivery.p95']?.median;
  return {
    ...EMPTY,
    name,
    what: 'repeat',
    state: (['invalid', 'fail'] as const).find((state) => states.includes(state)) ?? 'pass',
    startedAt,
    scenario,
    load: `repeat: ${trials.length} of ${formatPlural(planned, 'trial')}`,
    p95: median === undefined ? '' : formatLatency(median * 1000),
  };
}

async function readListedComparison(directory: string, name: string): Promise<ListedRun> {
  const text = await readFile(join(directory, COMPARISON_FILE), 'utf8');
  const { verdict, reasons, base, head } = comparisonSchema.parse(JSON.parse(text));
  return {
    ...EMPTY,
    name,
    what: 'comparison',
    state: verdict === 'inconclusive' ? 'invalid' : verdict,
    startedAt: startOf(name),
    scenario: /^[\dT-]{19}-(.+)-\w{4}-ab$/.exec(name)?.[1] ?? '',
    load: `${head.label} against ${base.label}: ${reasons[0] ?? 'no regression'}`,
  };
}

function describeTarget({ kind, topology }: ExperimentResult['target']): string {
  return [kind ?? 'several', ...(topology === null ? [] : [topology])].join(', ');
}

function describeProgress(name: string, progress: RunProgress): ListedRun {
  const { scenario, part, p95Us } = progress;
  return {
    ...EMPTY,
    name,
    state: 'running',
    startedAt: startOf(name),
    scenario,
    load: [...(part === null ? [] : [describePart(part)]), describeStand(progress)].join(' · '),
    p95: p95Us === null ? '' : formatLatency(p95Us),
  };
}

function describeStand(progress: RunProgress): string {
  const { phase, elapsedUs, totalUs, connected, clients, openedPerSecond } = progress;
  if (phase === 'start') return 'starting';
  if (phase === 'connect')
    return `connect, ${formatCount(connected)} of ${formatCount(clients)} opened, ${formatRate(openedPerSecond)}`;
  const rates = `${formatRate(progress.sentPerSecond)} sent, ${formatRate(progress.deliveredPerSecond)} delivered`;
  return `${phase}, ${formatDuration(Math.min(elapsedUs, totalUs))} of ${formatDuration(totalUs)}: ${rates}`;
}

/** Names of such directories begin with when they were made, to the second. */
function startOf(name: string): string | null {
  const time = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-/.exec(name);
  return time === null ? null : `${time[1]}:${time[2]}:${time[3]}.000Z`;
}

const EMPTY = { what: 'run', startedAt: null, scenario: '', load: '', target: '', p95: '' } as const;

async function changeTime(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
