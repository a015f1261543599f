import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findLocalBinaries } from '../target/launch/find-binaries.ts';
import { listDescendants } from '../target/launch/process-identity.ts';
import type { WorkerConfig } from '../target/worker/worker-config.ts';

/** Processes of the target that this process has launched, with their environment (Linux). */
function listProcesses(): { readonly pid: number; readonly env: Readonly<Record<string, string>> }[] {
  return listDescendants(process.pid).map(({ pid }) => ({ pid, env: readEnvironment(pid) }));
}

/** Addresses of the brokers of the launched target, as its workers were given them. */
export function readBrokerUrls(): Pick<WorkerConfig, 'amqpUrl' | 'redisUrl' | 'postgresUrl'> {
  for (const { env } of listProcesses()) {
    const config = JSON.parse(env.CHATBENCH_CONFIG ?? '{}') as Partial<WorkerConfig>;
    const { amqpUrl, redisUrl, postgresUrl } = config;
    if (amqpUrl && redisUrl && postgresUrl) return { amqpUrl, redisUrl, postgresUrl };
  }
  throw new Error('expected a target with a worker to be up');
}

/** Runs `rabbitmqctl` against the launched target's broker; yields what it wrote. */
export async function rabbitmqctl(...args: string[]): Promise<string> {
  const server = listProcesses().find(({ pid }) => nameOf(pid) === 'beam.smp');
  const script = findLocalBinaries().rabbitmq?.server;
  if (server === undefined || script === undefined) throw new Error('expected a RabbitMQ to be up');
  const { HOME, PATH, ERL_EPMD_PORT, RABBITMQ_NODENAME, RABBITMQ_CONF_ENV_FILE } = server.env;
  const { stdout } = await promisify(execFile)(join(dirname(script), 'rabbitmqctl'), args, {
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
