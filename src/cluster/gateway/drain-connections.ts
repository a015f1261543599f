import { type Clock, pause } from '../../clock.ts';
import { type Connection, isOpen } from './connection.ts';

/** WebSocket close code "service restart". */
export const SERVICE_RESTART = 1012;

/** Connections are closed so far apart, or some at a time. */
const STEP_US = 25_000;

/** So many different things are clients told: who counts why connections ended has no more of them. */
const TOLD_TIMES = 8;

export interface Draining {
  readonly connections: ReadonlySet<Connection>;
  /** From the first close to the last, ms. */
  readonly overMs: number;
  readonly clock: Clock;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  /** Writes what waits for all of them: nothing may follow a close. */
  readonly flush: () => void;
}

/**
 * Closes connections one after the other, evenly over the time, in the order in which they came; settles when none is left to be told.
 * Each is told when to come back: in up to as long again, by chance, so that not all who were told within a step come in one instant.
 */
export async function drainConnections({ connections, overMs, clock, random, flush }: Draining): Promise<void> {
  const beganUs = clock.nowUs();
  const total = connections.size;
  const told = new Set<Connection>();
  for (;;) {
    const waiting = [...connections].filter((connection) => isOpen(connection) && !told.has(connection));
    if (waiting.length === 0) return;
    const share = Math.min(1, (clock.nowUs() - beganUs + STEP_US) / (overMs * 1_000));
    const due = Math.ceil(total * share) - (total - waiting.length);
    flush();
    for (const connection of waiting.slice(0, Math.max(0, due))) {
      told.add(connection);
      const backMs = Math.round((Math.ceil(random() * TOLD_TIMES) / TOLD_TIMES) * overMs);
      connection.webSocket.close(SERVICE_RESTART, `come back in ${backMs} ms`);
    }
    if (share < 1) await pause(clock, STEP_US);
  }
}
