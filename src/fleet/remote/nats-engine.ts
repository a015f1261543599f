import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { ChatbenchError } from '../../errors.ts';
import type { Engine } from './engine.ts';

export interface EngineAccess {
  /** nats://HOST:PORT, or tls://HOST:PORT. */
  readonly url: string;
  /** Ed25519 seed that is shown to it; null: nothing is. */
  readonly seed: string | null;
  /** PEM of its certificate or authority; null: the usual ones. */
  readonly ca: string | null;
  /** How its log calls this connection. */
  readonly name: string;
}

/** A cut connection is tried again so often, for ever. */
const RETRY_MS = 500;
/** One that is cut without a word is noticed after two of these. */
const PING_EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** A report of many wide histograms is half a megabyte. */
const LEAST_PAYLOAD_BYTES = 1_000_000;

/**
 * NATS, core messaging only.
 *
 * @param isPatient waits for a server that is not there yet; else it is missing
 * @throws ChatbenchError `target-unavailable`
 */
export async function connectNatsEngine(access: EngineAccess, isPatient: boolean): Promise<Engine> {
  const { url, seed, ca, name } = access;
  const isSecure = url.startsWith('tls:');
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: url,
      name,
      ...(seed === null ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }),
      ...(isSecure ? { tls: ca === null ? {} : { ca } } : {}),
      reconnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
      waitOnFirstConnect: isPatient,
      // A key that is refused is refused again; while a server is not there yet, nothing is said of keys.
      ignoreAuthErrorAbort: false,
      timeout: TIMEOUT_MS,
      pingInterval: PING_EVERY_MS,
      maxPingOut: 2,
      noEcho: true,
    });
  } catch (cause) {
    throw new ChatbenchError('target-unavailable', `${url}: ${describe(cause)}`, {
      hint: 'expected a NATS server there that takes this key; chatbench starts one where no --engine is given',
      cause,
    });
  }
  return openEngine(connection, url);
}

function openEngine(connection: NatsConnection, url: string): Engine {
  const { info } = connection;
  if (info !== undefined && info.max_payload < LEAST_PAYLOAD_BYTES) {
    void connection.close();
    throw new ChatbenchError('target-unavailable', `${url}: takes messages of ${info.max_payload} bytes at most`, {
      hint: `set max_payload to ${LEAST_PAYLOAD_BYTES} or more in its configuration`,
    });
  }
  let isUp = true;
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') isUp = false;
      else if (type === 'reconnect') isUp = true;
    }
  })();
  return {
    description: `nats-server ${info?.version ?? ''} at ${url}`,
    publish(subject, body) {
      // What waited for a connection would be out of date when it comes: whoever must be heard says it again.
      if (isUp && !connection.isClosed()) connection.publish(subject, body);
    },
    subscribe(subject, listener) {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) listener(message.data, message.subject);
        },
      });
      return () => subscription.unsubscribe();
    },
    closed: connection.closed().then((error) => (error instanceof Error ? `${url}: ${describe(error)}` : null)),
    async close() {
      // What was just said is still to be heard.
      if (isUp && !connection.isClosed()) await connection.flush().catch(() => {});
      await connection.close();
    },
  };
}

function describe(cause: unknown): string {
  const { message, cause: deeper } = cause as Error;
  return deeper instanceof Error ? `${message}: ${deeper.message}` : message;
}
