import type { Connection } from './connection.ts';

/** Most frames of a connection that wait for an answer of Redis' or the store's while its client is read on. */
export const WAITING_PER_CONNECTION = 64;

/**
 * Notes that a frame waits for the end of `work`, and reads the client no further while too many do. What a component that
 * stands still holds up then waits with the clients who sent it: a gateway that read on would hold all of it in memory.
 *
 * @param work never rejects
 */
export function readNoFurtherUntil(work: Promise<void>, connection: Connection): void {
  if (++connection.waiting === WAITING_PER_CONNECTION) holdReading(connection);
  void work.then(() => {
    if (connection.waiting-- === WAITING_PER_CONNECTION) releaseReading(connection);
  });
}

type Held = Pick<Connection, 'holds' | 'webSocket'>;

/** The client is read no further until this is released as often as it was held: there may be several reasons at a time. */
export function holdReading(connection: Held): void {
  if (connection.holds++ === 0) connection.webSocket.pause();
}

export function releaseReading(connection: Held): void {
  if (--connection.holds === 0) connection.webSocket.resume();
}
