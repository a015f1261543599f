import type { Connection } from './connection.ts';
import { encodeTextFrame } from './encode-text-frame.ts';

/** A socket with more bytes waiting than this does not keep up, and is closed. */
export const SLOW_CONSUMER_BYTES = 1024 * 1024;

/** A socket whose client has taken nothing for so long, ms, while bytes wait in it, does not keep up either. */
export const SLOW_CONSUMER_MS = 30_000;

/** What is gathered for a socket does not grow beyond this, bytes: up to here Node writes a string without a buffer of its own. */
const BURST_BYTES = 16 * 1024;

/** WebSocket close code "try again later". */
const TRY_AGAIN_LATER = 1013;

const OPEN = 1;

/**
 * Writes frames so that each socket sees one system call per burst: what is written to it is gathered until the current
 * macrotask has ended, and goes out then, before anything else happens. Past the library, frame by frame: it knows of none
 * of these frames, only of the control frames that it writes itself.
 */
export class BurstWriter {
  #touched: Connection[] = [];
  #slowConsumersClosed = 0;

  get slowConsumersClosed(): number {
    return this.#slowConsumersClosed;
  }

  /**
   * False where the connection is closing, or is closed now because it does not keep up.
   *
   * @param frame a buffer holds UTF-8
   */
  write(connection: Connection, frame: string | Buffer): boolean {
    const { webSocket, socket } = connection;
    if (webSocket.readyState !== OPEN) return false;
    if (socket.writableLength > SLOW_CONSUMER_BYTES) {
      this.closeSlow(connection);
      return false;
    }
    if (!connection.isTouched) this.#touch(connection);
    connection.burst += encodeTextFrame(frame);
    if (connection.burst.length >= BURST_BYTES) release(connection);
    return true;
  }

  /** Closes a connection that does not keep up, and counts it; nothing where it is closing already. */
  closeSlow({ webSocket }: Connection): void {
    if (webSocket.readyState !== OPEN) return;
    this.#slowConsumersClosed++;
    webSocket.close(TRY_AGAIN_LATER, 'slow consumer');
  }

  /** Hands everything that is gathered to the sockets; needed before a close frame, which nothing may follow. */
  flush(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (const connection of touched) {
      connection.isTouched = false;
      release(connection);
    }
  }

  #touch(connection: Connection): void {
    connection.isTouched = true;
    if (this.#touched.push(connection) === 1) process.nextTick(() => this.flush());
  }
}

function release(connection: Connection): void {
  const { burst, socket, webSocket } = connection;
  connection.burst = '';
  if (burst !== '' && webSocket.readyState === OPEN) socket.write(burst, 'latin1');
}
