import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Balance, hasWorkers, type Topology } from '../../choices.ts';

export interface RabbitmqBinaries {
  /** The start-up script inside RabbitMQ's own directory: the one on PATH may change the user and log elsewhere. */
  readonly server: string;
  readonly epmd: string;
}

/** Where the programs of the `local` target are; null: not found. */
export interface LocalBinaries {
  readonly redis: string | null;
  /** Needed only by topologies with workers. */
  readonly rabbitmq: RabbitmqBinaries | null;
  /** The directory that holds `postgres` and `initdb`. */
  readonly postgresDirectory: string | null;
  /** Needed only where it balances. */
  readonly nginx: string | null;
}

/** Directories that servers are installed in and that the PATH of an ordinary user may lack. */
const SERVER_DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/opt/homebrew/bin'];
const POSTGRES_PARENTS = ['/usr/lib/postgresql', '/usr/local/pgsql', '/opt/homebrew/opt', '/usr/local/opt'];
const RABBITMQ_PARENTS = ['/usr/lib/rabbitmq/lib', '/opt/homebrew/opt', '/usr/local/opt', '/opt'];

export function findLocalBinaries(): LocalBinaries {
  const server = findRabbitmqScript();
  const epmd = findEpmd();
  return {
    redis: findProgram('redis-server'),
    rabbitmq: server === null || epmd === null ? null : { server, epmd },
    postgresDirectory: findPostgresDirectory(),
    nginx: findProgram('nginx'),
  };
}

/** Names of what `local` lacks here; empty where it can run. */
export function listMissingBinaries(
  binaries: LocalBinaries,
  balance: Balance = 'none',
  topology: Topology = 'worker',
): string[] {
  const missing: string[] = [];
  if (binaries.redis === null) missing.push('redis-server');
  if (binaries.rabbitmq === null && hasWorkers(topology)) missing.push('rabbitmq-server');
  if (binaries.postgresDirectory === null) missing.push('postgres');
  if (binaries.nginx === null && balance !== 'none') missing.push('nginx');
  return missing;
}

/** The path of a program on PATH or in the usual server directories; null where there is none. */
export function findProgram(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...SERVER_DIRECTORIES];
  const found = directories.filter((directory) => directory !== '').map((directory) => join(directory, name));
  return found.find(isExecutable) ?? null;
}

/**
 * RabbitMQ's own start-up script, in its own `sbin`. What Debian puts on PATH is a wrapper that changes the user, redirects
 * the output and, run as any other user under another name, calls itself for ever.
 */
function findRabbitmqScript(): string | null {
  const onPath = findProgram('rabbitmq-server');
  const homes = RABBITMQ_PARENTS.flatMap((parent) => listNewestFirst(parent, /^rabbitmq/));
  const candidates = homes.map((home) => join(home, 'sbin', 'rabbitmq-server')).concat(onPath ?? []);
  const isOwnScript = (script: string) => {
    if (!isExecutable(script)) return false;
    const real = realpathSync(script);
    return basename(real) === 'rabbitmq-server' && isExecutable(join(dirname(real), 'rabbitmq-env'));
  };
  const found = candidates.find(isOwnScript);
  return found === undefined ? null : realpathSync(found);
}

/** On PATH, or inside the run-time system that `erl` belongs to. */
function findEpmd(): string | null {
  const onPath = findProgram('epmd');
  const erl = findProgram('erl');
  if (onPath !== null || erl === null) return onPath;
  const root = dirname(dirname(realpathSync(erl)));
  const inside = listNewestFirst(root, /^erts-/).map((directory) => join(directory, 'bin', 'epmd'));
  return inside.find(isExecutable) ?? null;
}

/** The newest version where several are installed. */
function findPostgresDirectory(): string | null {
  const onPath = findProgram('initdb');
  const installed = POSTGRES_PARENTS.flatMap((parent) => listNewestFirst(parent, /^(?:\d|bin$|postgresql)/))
    .map((home) => (home.endsWith('/bin') ? home : join(home, 'bin')))
    .concat(onPath === null ? [] : [dirname(realpathSync(onPath))]);
  const whole = (directory: string) => ['postgres', 'initdb'].every((name) => isExecutable(join(directory, name)));
  return installed.find(whole) ?? null;
}

/** Sub-directories whose names match, the highest version first. */
function listNewestFirst(parent: string, pattern: RegExp): string[] {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return [];
  }
  const byVersion = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });
  return names
    .filter((name) => pattern.test(name))
    .sort(byVersion)
    .map((name) => join(parent, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
