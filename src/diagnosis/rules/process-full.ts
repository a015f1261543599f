import { formatShare } from '../../quantities.ts';
import { observedStatistic } from '../../record/observed-statistics.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import { findOverload } from '../overload.ts';

/** One thread is full from here on: the rest is what the system and other processes take between two of its turns. */
const FULL_RATIO = 0.85;
/** A process that waits for a core most of the time, and uses less than this, may have something else to wait for. */
const LEAST_RATIO = 0.25;
/** However little it got of one: what is ready for a core all the time waits for nothing else. */
const NEVER_RESTS_RATIO = 0.9;

type Columns = Parameters<typeof observedStatistic>[0];

interface Load {
  readonly name: string;
  readonly cpuRatio: number;
  /** What its threads wanted besides and did not get; 0 where it is not known. */
  readonly waitingRatio: number;
}

/** A process that used the whole of a core, or would have, where the target does not take its load. */
export function processFull(result: RunResult): Finding {
  if (findOverload(result) === null) return null;
  const busiest = findFull(listNamed(result)) ?? findFull(listOthers(result));
  if (busiest === null) return null;
  const { name, cpuRatio, waitingRatio } = busiest;
  const evidence = { cpuRatio, waitingRatio };
  if (cpuRatio >= FULL_RATIO)
    return { text: `${name} is at its limit: it used ${formatShare(cpuRatio)} of a core.`, evidence };
  return {
    text: `${name} is at its limit: it used ${formatShare(cpuRatio)} of a core and would have used more, for it waited for one another ${formatShare(Math.min(1, waitingRatio))} of the time: the machine is full.`,
    evidence,
  };
}

/** Of those that are full, the one that ran most. */
function findFull(loads: readonly Load[]): Load | null {
  return loads
    .filter(
      ({ cpuRatio, waitingRatio }) =>
        cpuRatio + waitingRatio >= (cpuRatio >= LEAST_RATIO ? FULL_RATIO : NEVER_RESTS_RATIO),
    )
    .reduce<Load | null>((most, one) => (most && most.cpuRatio >= one.cpuRatio ? most : one), null);
}

/** Of those that the scenario observes by name, means over measure of the busiest thread. */
function listNamed({ observed = [], phases }: RunResult): readonly Load[] {
  return observed.flatMap(({ name, ...busiest }) => {
    if (busiest.source !== 'process' || !name.endsWith('.busiest')) return [];
    const base = name.slice(0, -'.busiest'.length);
    const waiting = observed.find((series) => series.name === `${base}.waiting`);
    const waitingRatio = waiting === undefined ? 0 : meanOfMeasure(waiting, phases);
    return [{ name: base, cpuRatio: meanOfMeasure(busiest, phases), waitingRatio }];
  });
}

/** Of the bundled cluster's, or of those found behind another target; the generator's are none of the target's. */
function listOthers({ processes, phases }: RunResult): readonly Load[] {
  return (processes ?? [])
    .filter(({ name }) => !name.startsWith('generator-'))
    .map(({ name, atUs, cpuRatio, threadRatio = cpuRatio, waitingRatio = [] }) => ({
      name,
      cpuRatio: meanOfMeasure({ atUs, values: threadRatio }, phases),
      waitingRatio: meanOfMeasure({ atUs, values: waitingRatio }, phases),
    }));
}

function meanOfMeasure(columns: Columns, { warmupEndUs, measureEndUs }: RunResult['phases']): number {
  return observedStatistic(columns, 'mean', warmupEndUs, measureEndUs) ?? 0;
}
