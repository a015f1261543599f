import type { Verdict } from '../gate/verdict.ts';
import { formatCount, formatRatio } from '../quantities.ts';
import { measuredDeliveryRate } from '../record/delivered-per-second.ts';
import { fitSlope } from '../record/fit-slope.ts';
import { queueDepths } from '../record/queue-depths.ts';
import { countUndeclaredLimited, countUndeclaredRefusals } from '../record/undeclared-refusals.ts';
import type { RunResult } from '../result/run-result.ts';

/** Whether a target sustained a trial's load, and what kept it from doing so: the constraints that bind, strongest first. */
export interface Sustained {
  readonly held: boolean;
  readonly bindings: readonly Binding[];
}

export interface Binding {
  readonly kind: 'generator' | 'threshold' | 'backlog' | 'throughput' | 'refusal';
  /** A few words with the figure. */
  readonly text: string;
}

/** A backlog that grows by more than this share of the offered messages never ends, however small it still is. */
const BACKLOG_GROWTH_RATIO = 0.02;
/** Messages a second below which growth is noise of a nearly empty queue. */
const BACKLOG_GROWTH_FLOOR = 2;
const THROUGHPUT_RATIO = 0.97;

/**
 * A load is sustained when the run is valid, all thresholds hold, nothing is refused but what is beyond a limit that the run has set,
 * the backlog does not grow, and what is offered is delivered. Latency alone is not enough: a queue that has only begun to grow
 * still looks fast, and so does a server that turns most messages away.
 */
export function assessSustained(result: RunResult, verdict: Verdict): Sustained {
  const bindings = [
    ...generatorBindings(verdict),
    ...thresholdBindings(verdict),
    ...refusalBindings(result),
    ...backlogBindings(result),
    ...throughputBindings(result),
  ];
  return { held: bindings.length === 0, bindings };
}

function generatorBindings(verdict: Verdict): Binding[] {
  const invalidating = verdict.warnings.find(({ invalidates }) => invalidates);
  return invalidating === undefined ? [] : [{ kind: 'generator', text: invalidating.message }];
}

function thresholdBindings(verdict: Verdict): Binding[] {
  return verdict.thresholds
    .filter(({ ok, undecided }) => !ok && undecided === undefined)
    .map(({ expression, actual }) => ({ kind: 'threshold', text: `${expression} (actual ${actual})` }));
}

function refusalBindings({ samples: { ledger }, scenario: { target } }: RunResult): Binding[] {
  const refused = countUndeclaredRefusals(ledger, target);
  if (refused === 0) return [];
  const share = formatRatio(refused / Math.max(1, ledger.sent));
  const why = countUndeclaredLimited(ledger, target) > 0 ? ', by a rate limit' : '';
  const text = `the server refused ${formatCount(refused)} of ${formatCount(ledger.sent)} messages (${share})${why}`;
  return [{ kind: 'refusal', text }];
}

function backlogBindings(result: RunResult): Binding[] {
  const offered = offeredPerSecond(result);
  const growth = backlogGrowthPerSecond(result);
  if (offered === null || growth === null) return [];
  if (growth <= Math.max(BACKLOG_GROWTH_FLOOR, BACKLOG_GROWTH_RATIO * offered)) return [];
  return [{ kind: 'backlog', text: `the backlog grew by ${Math.round(growth)} messages a second` }];
}

/**
 * Messages a second by which the backlog grows over measure: of the queue where its depth was sampled, else of the messages
 * in flight at the end of each second. Null where neither says.
 */
export function backlogGrowthPerSecond({ queue, samples, phases }: RunResult): number | null {
  const isMeasured = (atUs: number) => atUs >= phases.warmupEndUs && atUs <= phases.measureEndUs;
  if (queue !== null) {
    const depths = queueDepths(queue);
    const indexes = queue.atUs.flatMap((atUs, index) => (isMeasured(atUs) ? [index] : []));
    return fitSlope(
      indexes.map((index) => queue.atUs[index]! / 1e6),
      indexes.map((index) => depths[index]!),
    );
  }
  const seconds = samples.intervals.filter(({ second }) => isMeasured((second + 1) * 1e6));
  return fitSlope(
    seconds.map(({ second }) => second),
    seconds.map(({ inFlight }) => inFlight),
  );
}

function throughputBindings(result: RunResult): Binding[] {
  const { ledger } = result.samples;
  const { warmupEndUs, measureEndUs } = result.phases;
  const lengthUs = measureEndUs - warmupEndUs;
  const delivered = measuredDeliveryRate(result);
  if (delivered === null || lengthUs <= 0) return [];
  const expected = (ledger.expected * 1e6) / lengthUs;
  // One second's worth of a slow rate comes and goes with the borders of the seconds.
  if (delivered >= THROUGHPUT_RATIO * expected - BACKLOG_GROWTH_FLOOR) return [];
  const text = `${Math.round(delivered)} of ${Math.round(expected)} deliveries a second arrived in time`;
  return [{ kind: 'throughput', text }];
}

/** Messages a second that the plan offered over measure; null where measure had no length. */
function offeredPerSecond({ samples, phases }: RunResult): number | null {
  const lengthUs = phases.measureEndUs - phases.warmupEndUs;
  return lengthUs > 0 ? (samples.ledger.planned * 1e6) / lengthUs : null;
}
