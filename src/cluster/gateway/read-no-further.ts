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
  if (++connection.waiting === WAITING_PER_CONNECTION) connection.webSocket.pause();
  void work.then(() => {
    if (connection.waiting-- === WAITING_PER_CONNECTION) connection.webSocket.resume();
  });
}
