import type { RedisOptions } from 'ioredis';

/** Schemes of addresses that `readRedisOptions` takes. */
export const REDIS_SCHEMES = /^rediss?(\+sentinel)?$/;

export const SENTINEL_PORT = 26_379;

interface Place {
  readonly host: string;
  readonly port: number;
}

type SentinelOptions = Pick<
  RedisOptions,
  | 'sentinels'
  | 'name'
  | 'username'
  | 'password'
  | 'db'
  | 'sentinelPassword'
  | 'tls'
  | 'enableTLSForSentinelMode'
  | 'reconnectOnError'
>;

/**
 * What an address says besides host and port. `redis://…` and `rediss://…` (by TLS) say it themselves. `redis+sentinel://USER:PASSWORD@HOST:PORT/MASTER/DB` names a
 * Sentinel, and the master that it watches; further Sentinels follow as `?sentinel=HOST:PORT&sentinel=…`, what they want to be told as
 * `sentinelPassword=…`. User and password are those of the master. Throws where no master is named.
 */
export function readRedisOptions(url: string): SentinelOptions {
  const { protocol, username, password, pathname, searchParams } = new URL(url);
  if (!protocol.endsWith('+sentinel:')) return {};
  const [name, db] = pathname.split('/').slice(1).map(decodeURIComponent);
  if (!name) throw new Error('expected the name of the master after the address of the Sentinel, as in /mymaster');
  const sentinelPassword = searchParams.get('sentinelPassword');
  return {
    sentinels: [...listSentinels(url)],
    name,
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(db && { db: Number(db) }),
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...(protocol.startsWith('rediss') && { tls: {}, enableTLSForSentinelMode: true }),
    // Who was the master is told so by those who write to it after a failover: they are to ask anew, and to write again there.
    reconnectOnError: ({ message }) => (message.startsWith('READONLY') ? ASK_AND_REPEAT : false),
  };
}

const ASK_AND_REPEAT = 2;

/** The Sentinels that an address names; none where it names Redis itself. */
export function listSentinels(url: string): readonly Place[] {
  const { protocol, host, searchParams } = new URL(url);
  if (!protocol.endsWith('+sentinel:')) return [];
  return [host, ...searchParams.getAll('sentinel')].map((place) => {
    const { hostname, port } = new URL(`redis://${place}`);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || SENTINEL_PORT };
  });
}
