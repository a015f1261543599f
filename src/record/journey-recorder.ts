import { addRecords, countReason } from './connection-counts.ts';
import { mergeSparse, type SparseHistogram } from './histogram.ts';
import { mergeOwn, OwnedTimes } from './own-share.ts';
import type { JourneyReport, StepReport } from './samples.ts';

/** What the whole of a journey is called among its steps. */
export const WHOLE_JOURNEY = 'journey';

/** The steps of journeys by their names. The caller passes only what began in measure. */
export class JourneyRecorder {
  readonly #steps = new Map<string, { begun: number; failed: number; readonly latency: OwnedTimes }>();
  readonly #failures: Record<string, number> = {};

  begin(name: string): void {
    this.#of(name).begun++;
  }

  /** @param ownUs  of the time, what the generator added itself */
  end(name: string, latencyUs: number, ownUs: number): void {
    this.#of(name).latency.record(latencyUs, ownUs);
  }

  fail(name: string): void {
    this.#of(name).failed++;
  }

  /** Why a whole journey has failed. */
  noteFailure(reason: string): void {
    countReason(this.#failures, reason);
  }

  /** By the names of steps, ascending. */
  report(): JourneyReport<SparseHistogram> {
    const steps = [...this.#steps].map(([name, { begun, failed, latency }]) => {
      const times = latency.snapshot();
      const unfinished = begun - failed - times.count;
      return { name, begun, failed, unfinished, latency: times, own: latency.ownSnapshot() };
    });
    return { steps: steps.sort(byName), failures: { ...this.#failures } };
  }

  #of(name: string) {
    const step = this.#steps.get(name) ?? { begun: 0, failed: 0, latency: new OwnedTimes() };
    this.#steps.set(name, step);
    return step;
  }
}

type Report = JourneyReport<SparseHistogram>;
type Step = StepReport<SparseHistogram>;

export function mergeJourneys(a: Report | null, b: Report | null): Report | null {
  if (a === null || b === null) return a ?? b;
  const steps = new Map(a.steps.map((step) => [step.name, step]));
  for (const step of b.steps) {
    const other = steps.get(step.name);
    steps.set(step.name, other === undefined ? step : addSteps(other, step));
  }
  return { steps: [...steps.values()].sort(byName), failures: addRecords(a.failures, b.failures) };
}

function addSteps(a: Step, b: Step): Step {
  return {
    name: a.name,
    begun: a.begun + b.begun,
    failed: a.failed + b.failed,
    unfinished: a.unfinished + b.unfinished,
    latency: mergeSparse(a.latency, b.latency),
    own: mergeOwn(a.own, b.own),
  };
}

function byName(one: Pick<Step, 'name'>, other: Pick<Step, 'name'>): number {
  return one.name < other.name ? -1 : 1;
}
