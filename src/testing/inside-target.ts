import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkerConfig } from '../cluster/worker/worker-config.ts';
import { findLocalBinaries } from '../launch/machine/find-binaries.ts';
import { listDescendants } from '../launch/supervision/process-identity.ts';

/** Processes of the target that this process has launched, with their environment (Linux). */
function listProcesses(): { readonly pid: number; readonly env: Readonly<Record<string, string>> }[] {
  return listDescendants(process.pid).map(({ pid }) => ({ pid, env: readEnvironment(pid) }));
}

/** Addresses of the brokers of the launched target that every topology has, as its gateways or workers were given them. */
export function readBrokerUrls(): { readonly redisUrl: string; readonly postgresUrl: string } {
  for (const { env } of listProcesses()) {
    const { redisUrl, postgresUrl } = JSON.parse(env.CHATBENCH_CONFIG ?? '{}') as Partial<WorkerConfig>;
    if (redisUrl && postgresUrl) return { redisUrl, postgresUrl };
  }
  throw new Error('expected a target with a gateway to be up');
}

export type Alarm = 'disk' | 'memory';

/** In Erlang, whose limit an alarm is raised at, and one that no machine keeps. */
const ALARMS: Readonly<
  Record<Alarm, { readonly limit: readonly [module: string, name: string]; readonly broken: string }>
> = {
  disk: { limit: ['rabbit_disk_monitor', 'disk_free_limit'], broken: '"1000GB"' },
  memory: { limit: ['vm_memory_monitor', 'vm_memory_high_watermark'], broken: '0.0001' },
};

/**
 * Makes the launched target's broker believe that it runs out of disk or memory; yields what ends it, with the limit as it was.
 * The broker tells its clients a moment later.
 */
export async function raiseAlarm(alarm: Alarm): Promise<() => Promise<void>> {
  const {
    limit: [module, name],
    broken,
  } = ALARMS[alarm];
  const set = (value: string) => `${module}:set_${name}(${value})`;
  // In one question: each is a program that takes seconds to start.
  const before = (await rabbitmqctl('eval', `Before = ${module}:get_${name}(), ${set(broken)}, Before.`)).trim();
  return async () => void (await rabbitmqctl('eval', `${set(before)}.`));
}

/** Runs `rabbitmqctl` against the launched target's broker; yields what it wrote. */
async function rabbitmqctl(...args: string[]): Promise<string> {
  const server = listProcesses().find(({ pid }) => nameOf(pid) === 'beam.smp');
  const script = findLocalBinaries().rabbitmq?.server;
  if (server === undefined || script === undefined) throw new Error('expected a RabbitMQ to be up');
  const { HOME, PATH, ERL_EPMD_PORT, RABBITMQ_NODENAME, RABBITMQ_CONF_ENV_FILE } = server.env;
  const { stdout } = await promisify(execFile)(join(dirname(script), 'rabbitmqctl'), args, {
    // Erlang leaves its dump where it crashed: with the broker, whose folder goes with it.
    cwd: HOME,
    env: {
      HOME,
      PATH,
      LANG: 'C.UTF-8',
      ERL_EPMD_PORT,
      RABBITMQ_NODENAME,
      RABBITMQ_CONF_ENV_FILE,
      RABBITMQ_CTL_ERL_ARGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
    },
  });
  return stdout;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return '';
  }
}

function readEnvironment(pid: number): Record<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]));
  } catch {
    return {};
  }
}
