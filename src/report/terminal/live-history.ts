import type { LiveUpdate } from '../../record/live-update.ts';

/** As many as the widest chart has columns: memory does not grow with the length of a run. */
const KEPT = 60;

/** The last minute of a run, oldest first. */
export interface LiveHistory {
  /** Queue depth; messages on their way where the queue cannot be seen. */
  readonly depths: readonly number[];
  /** Delivery p95 of each second in which something arrived, µs. */
  readonly p95sUs: readonly number[];
}

export const EMPTY_HISTORY: LiveHistory = { depths: [], p95sUs: [] };

export function extendHistory(history: LiveHistory, update: LiveUpdate): LiveHistory {
  if (update.phase === 'connect') return history;
  return {
    depths: [...history.depths, update.queueDepth ?? update.inFlight].slice(-KEPT),
    p95sUs: update.last === null ? history.p95sUs : [...history.p95sUs, update.last.p95Us].slice(-KEPT),
  };
}
