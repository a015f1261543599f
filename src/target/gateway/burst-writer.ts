import type { Connection } from './connection.ts';

/** A socket with more bytes waiting than this does not keep up, and is closed. */
export const SLOW_CONSUMER_BYTES = 1024 * 1024;

/** WebSocket close code "try again later". */
const TRY_AGAIN_LATER = 1013;

const OPEN = 1;
const TEXT = { binary: false, compress: false, fin: true } as const;

/**
 * Writes frames so that each socket sees one system call per burst: the first write of a burst corks the socket, and all
 * corked sockets are released when the current macrotask has ended, before anything else happens.
 */
export class BurstWriter {
  #touched: Connection[] = [];
  #slowConsumersClosed = 0;

  get slowConsumersClosed(): number {
    return this.#slowConsumersClosed;
  }

  /** False where the connection is closing, or is closed now because it does not keep up. */
  write(connection: Connection, frame: string | Buffer): boolean {
    const { webSocket } = connection;
    if (webSocket.readyState !== OPEN) return false;
    if (webSocket.bufferedAmount > SLOW_CONSUMER_BYTES) {
      this.#slowConsumersClosed++;
      webSocket.close(TRY_AGAIN_LATER, 'slow consumer');
      return false;
    }
    if (!connection.corked) this.#cork(connection);
    webSocket.send(frame, TEXT);
    return true;
  }

  #cork(connection: Connection): void {
    connection.corked = true;
    connection.socket.cork();
    if (this.#touched.push(connection) === 1) process.nextTick(() => this.#release());
  }

  #release(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (const connection of touched) {
      connection.corked = false;
      connection.socket.uncork();
    }
  }
}
