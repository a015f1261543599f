import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { listSentinels, SENTINEL_PORT } from './adapters/redis/redis-address.ts';
import { PATIENCE_MS, retryDelayMs } from './broker-patience.ts';

/** An address that is silent counts as one that refuses. */
const CONNECT_LIMIT_MS = 2_000;
/** Scheme → what it is called, and where it listens unless said. */
const BROKERS: Readonly<Record<string, { readonly name: string; readonly port: number }>> = {
  'amqp:': { name: 'amqp', port: 5672 },
  'amqps:': { name: 'amqp', port: 5671 },
  'redis:': { name: 'redis', port: 6379 },
  'rediss:': { name: 'redis', port: 6379 },
  'redis+sentinel:': { name: 'redis sentinel', port: SENTINEL_PORT },
  'rediss+sentinel:': { name: 'redis sentinel', port: SENTINEL_PORT },
  'postgres:': { name: 'postgres', port: 5432 },
  'postgresql:': { name: 'postgres', port: 5432 },
  'ws:': { name: 'stomp', port: 80 },
  'wss:': { name: 'stomp', port: 443 },
};

/** How long a gateway or worker waits for its brokers at its start, ms; about a minute unless said. 0: not at all. */
export const startPatience = z.number().int().min(0).optional();

/**
 * Settles when something listens at each of these addresses, of several Sentinels at any: a node may be started before its brokers, or while one of them is away.
 * Rejects with what the last try met, where a broker is not there in time.
 *
 * @param urls      those that are undefined are not asked
 * @param onWaiting told once of each broker that is not there, with what the first try met
 */
export async function awaitBrokers(
  urls: readonly (string | undefined)[],
  patienceMs: number | undefined,
  onWaiting: (broker: string, reason: Error) => void,
): Promise<void> {
  const asked = urls.filter((url) => url !== undefined);
  const deadlineMs = performance.now() + (patienceMs ?? PATIENCE_MS);
  await Promise.all(asked.map((url) => awaitBroker(url, deadlineMs, onWaiting)));
}

async function awaitBroker(
  url: string,
  deadlineMs: number,
  onWaiting: (broker: string, reason: Error) => void,
): Promise<void> {
  const { protocol, hostname, port } = new URL(url);
  const { name, port: usualPort } = BROKERS[protocol] ?? { name: protocol.slice(0, -1), port: 0 };
  const sentinels = listSentinels(url);
  // An IPv6 address stands in brackets in a URL only.
  const itself = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || usualPort };
  for (let retry = 1; ; retry++) {
    const obstacles = await Promise.all((sentinels.length > 0 ? sentinels : [itself]).map(tryConnect));
    const [obstacle] = obstacles;
    if (obstacle == null || obstacles.includes(null)) return;
    if (performance.now() >= deadlineMs) throw obstacle;
    if (retry === 1) onWaiting(name, obstacle);
    await wait(retryDelayMs(retry));
  }
}

/** What was in the way; null where something accepts. It is told nothing: no broker logs a connection that says nothing. */
function tryConnect(address: { readonly host: string; readonly port: number }): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const end = (obstacle: Error | null) => {
      socket.destroy();
      resolve(obstacle);
    };
    socket.setTimeout(CONNECT_LIMIT_MS, () => end(new Error(`${address.host}:${address.port} does not answer`)));
    socket.once('connect', () => end(null));
    socket.once('error', end);
  });
}
