import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 20;
const PATIENCE_MS = 2_000;

/** What a broker is asked, and how its readiness is recognised. */
export interface Question {
  /** Loopback where absent. */
  readonly host?: string;
  readonly port: number;
  readonly request: Uint8Array;
  /** The answer's meaning; null while it is incomplete; throws where the broker answers that it is not ready yet. */
  readonly read: (answer: Buffer) => string | null;
}

/**
 * Asks a port in its own protocol until it answers as a ready broker, every 20 ms, and yields what it said.
 * An accepted connection alone would not do: Postgres and Redis accept before they serve. Rejects when aborted.
 */
export async function awaitAnswer(question: Question, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(question, signal).catch(() => null);
    if (answer !== null) return answer;
    await sleep(RETRY_MS, undefined, { signal });
  }
}

function ask({ host = '127.0.0.1', port, request, read }: Question, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect({ host, port, signal });
    const settle = (finish: () => void) => {
      socket.destroy();
      finish();
    };
    socket.setTimeout(PATIENCE_MS, () => settle(() => reject(new Error('no answer'))));
    socket.once('connect', () => socket.write(request));
    socket.on('error', (error) => settle(() => reject(error)));
    socket.on('close', () => reject(new Error('closed')));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      try {
        const answer = read(received);
        if (answer !== null) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error));
      }
    });
  });
}
