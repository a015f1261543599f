import type { Socket } from 'node:net';
import { type BurstWriter, SLOW_CONSUMER_MS } from './burst-writer.ts';
import { type Connection, isOpen } from './connection.ts';

/** What may wait in a socket before the next frame of a long answer, bytes: far below what closes a slow consumer. */
const ENOUGH_BYTES = 256 * 1024;

/**
 * Settles when the connection has room for more, or is closed. A client that stops reading never gets enough bytes to be
 * closed for them, and holds what is still to come to it: it is closed when it has taken nothing for `SLOW_CONSUMER_MS`.
 */
export async function whenWritable(connection: Connection, writer: Pick<BurstWriter, 'closeSlow'>): Promise<void> {
  // Corked until the end of this turn: nothing drains before.
  while (isOpen(connection) && connection.webSocket.bufferedAmount > ENOUGH_BYTES) await drained(connection, writer);
}

/** Settles also when the connection closes, or is closed here. */
function drained(connection: Connection, writer: Pick<BurstWriter, 'closeSlow'>): Promise<void> {
  const { socket } = connection;
  let taken = countTaken(socket);
  return new Promise((resolve) => {
    const proceed = (): void => {
      clearInterval(watch);
      socket.off('drain', proceed);
      socket.off('close', proceed);
      resolve();
    };
    const watch = setInterval(() => {
      const before = taken;
      taken = countTaken(socket);
      if (taken > before) return;
      writer.closeSlow(connection);
      proceed();
    }, SLOW_CONSUMER_MS).unref();
    socket.once('drain', proceed);
    socket.once('close', proceed);
  });
}

/** Bytes that have left the process. A write counts when all of it has. */
function countTaken({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength;
}
