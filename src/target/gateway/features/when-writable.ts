import { type Connection, isOpen } from '../connection.ts';

/** What may wait in a socket before the next frame of a long answer, bytes: far below what closes a slow consumer. */
const ENOUGH_BYTES = 256 * 1024;

/** Settles when the connection has room for more, or is closed. */
export async function whenWritable(connection: Connection): Promise<void> {
  const { webSocket, socket } = connection;
  while (isOpen(connection) && webSocket.bufferedAmount > ENOUGH_BYTES) {
    // Corked until the end of this turn: nothing drains before.
    await new Promise<void>((resolve) => {
      const proceed = (): void => {
        socket.off('drain', proceed);
        socket.off('close', proceed);
        resolve();
      };
      socket.once('drain', proceed);
      socket.once('close', proceed);
    });
  }
}
