import { formatLatency } from '../quantities.ts';
import type { SlowMessage } from '../record/samples.ts';
import type { RunResult } from '../result/run-result.ts';

/** One of the slowest messages, as text. */
export interface SlowRow {
  readonly traceId: string;
  readonly latency: string;
  /** When it was due: since the run began, and by the clock on the wall, UTC. */
  readonly at: string;
  readonly utc: string;
  /** "room 3, sender 17". */
  readonly who: string;
  /** "queue 210 ms, worker 12 ms": the two stations that took most; empty where its frames do not say. */
  readonly hops: string;
}

/** The slowest first; none where the target was not told of their traces. */
export function slowRows({ samples: { slowest } }: RunResult): readonly SlowRow[] {
  return slowest?.isTraced === true ? slowest.messages.map(toRow) : [];
}

function toRow({ traceId, latencyUs, intendedAtUs, epochUs, room, sender, hops }: SlowMessage): SlowRow {
  const longest = hops.toSorted((one, other) => other.us - one.us).slice(0, 2);
  return {
    traceId,
    latency: formatLatency(latencyUs),
    at: `${(intendedAtUs / 1e6).toFixed(3)} s`,
    utc: new Date(epochUs / 1000).toISOString(),
    who: `room ${room}, sender ${sender}`,
    hops: longest.map(({ name, us }) => `${name} ${formatLatency(us)}`).join(', '),
  };
}
