import type { SparseHistogram } from './histogram.ts';
import type { LimiterAudit } from './limiter-audit.ts';
import type { PostRecorder } from './post-recorder.ts';
import type { SlowestMessages } from './slowest-messages.ts';
import type { SplitLog } from './split-log.ts';

/** Who else is told of writes, deliveries and acknowledgements; null: nobody. */
export interface Observers {
  readonly limiter?: LimiterAudit | null;
  /** Messages are HTTP requests, and their acknowledgements the answers. */
  readonly posts?: PostRecorder | null;
  /** Keeps the slowest messages of measure. */
  readonly slowest?: SlowestMessages | null;
  /** How long the event loop may have been blocked since a time, and what it did; null: it never is. */
  readonly loop?: LoopObserver | null;
  /** For how long a CPU quota stopped this process since it was last asked, µs; null: there is none. */
  readonly drainThrottledUs?: (() => number) | null;
  /** Of messages in rooms that are split over shards; null: none is. */
  readonly split?: SplitLog | null;
}

/** All times are µs since run start. */
export interface LoopObserver {
  /** How much of the time from `sinceUs` to now nothing may have been read, at most, µs. */
  blockedUs(sinceUs: number, nowUs: number): number;
  /** Its delays since this was last asked. */
  drainDelay(): SparseHistogram;
}
