import { type ClockLine, WANDER_MOST } from './clock-line.ts';
import { intersectRanges, type Range, subtractRange } from './range.ts';

/** When a run began, on both clocks, µs: what somebody was told, as its clock was known then. */
export interface ToldStart {
  readonly ownUs: number;
  readonly otherUs: number;
}

/** How far the other's time since a start may be ahead of one's own, µs, at any moment since. */
export interface ErrorWatch {
  /** More is known of the clock: to be called with every exchange. */
  note(nowUs: number): void;
  /** From the start to now; null where a clock has stepped. */
  read(nowUs: number): Range | null;
  /** At the start alone. */
  readStart(): Range | null;
}

/** So far apart the moments are at which the offset is looked at: between two of them it can leave the line by no more than it wanders. */
const STEP_US = 1_000_000;
const BETWEEN_US = (WANDER_MOST * STEP_US) / 2;
/** What comes later says no more of a moment. */
const SETTLED_AFTER_US = 4_000_000;

/**
 * With the start told at offset o, the error at t is offset(t) − o. What has passed is looked at when exchanges of both of its sides are
 * known, and for good: memory does not grow with the run.
 */
export function watchError(line: ClockLine, { ownUs, otherUs }: ToldStart): ErrorWatch {
  const toldUs = otherUs - ownUs;
  let settled: Range | null = NOTHING_YET;
  let atStart: Range | null = null;
  let nextUs = ownUs;
  const look = (atUs: number): Range | null => {
    const known = line.at(atUs);
    if (known === null) return null;
    const middle = known.offsetUs - toldUs;
    return { low: middle - known.boundUs, high: middle + known.boundUs };
  };
  const include = (range: Range | null, atUs: number): Range | null => {
    const seen = range && look(atUs);
    return (
      seen && {
        low: Math.min(range.low, seen.low - BETWEEN_US),
        high: Math.max(range.high, seen.high + BETWEEN_US),
      }
    );
  };
  return {
    note(nowUs) {
      for (; nextUs + SETTLED_AFTER_US <= nowUs; nextUs += STEP_US) {
        if (nextUs === ownUs) atStart = look(ownUs);
        settled = include(settled, nextUs);
      }
    },
    read(nowUs) {
      let range = settled;
      for (let atUs = nextUs; atUs < nowUs; atUs += STEP_US) range = include(range, atUs);
      return include(range, Math.max(nowUs, ownUs));
    },
    readStart: () => (nextUs > ownUs ? atStart : look(ownUs)),
  };
}

const NOTHING_YET: Range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

/** What is known of how far an agent's time since the start is ahead, µs: of two agents, what each source says counts from the same zero. */
export interface AgentError {
  /** By messages to the controller, from its clock; null: a clock has stepped. */
  readonly byMessages: Range | null;
  /** By time servers near it, from theirs; null where it has none, or they contradict each other. */
  readonly byServers: Range | null;
}

/**
 * How far a time may be off that begins at one of two agents and ends at the other, either way, µs; infinite where a clock has stepped.
 * Both sources bound it, so what both leave open does. Delays bound it whatever anybody says: time servers that contradict them are wrong.
 */
export function errorOfPair(one: AgentError, other: AgentError): number {
  if (one.byMessages === null || other.byMessages === null) return Number.POSITIVE_INFINITY;
  const byMessages = subtractRange(one.byMessages, other.byMessages);
  const byServers =
    one.byServers === null || other.byServers === null ? null : subtractRange(one.byServers, other.byServers);
  const { low, high } = (byServers && intersectRanges(byMessages, byServers)) ?? byMessages;
  return Math.ceil(Math.max(Math.abs(low), Math.abs(high)));
}

/** How far a time may be off that begins at one of these agents and ends at another, µs; 0 where there are no two. */
export function errorBetween(agents: readonly AgentError[]): number {
  return agents.reduce(
    (most, one, index) =>
      agents.slice(index + 1).reduce((worst, other) => Math.max(worst, errorOfPair(one, other)), most),
    0,
  );
}
