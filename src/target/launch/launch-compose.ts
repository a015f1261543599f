import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Balance } from '../../choices.ts';
import { ChatbenchError } from '../../errors.ts';
import { DEAD_LETTERS } from '../adapters/amqp-topology.ts';
import type { RunningTarget } from '../running-target.ts';
import { findProgram } from './find-binaries.ts';
import { BALANCE_DIRECTIVES } from './nginx-config.ts';

const COMPOSE_FILE = fileURLToPath(new URL('../../../docker-compose.target.yml', import.meta.url));
const UP_LIMIT_MS = 600_000;

interface Size {
  readonly gateways: number;
  readonly workers: number;
  readonly balance?: Balance;
}

/** A composition of its own, with a random name and password. */
interface Project {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly password: string;
}

/**
 * Builds and starts docker-compose.target.yml.
 * Throws ChatbenchError `target-unavailable` where Docker, its compose plugin or its engine is missing.
 */
export async function launchCompose({ gateways, workers, balance = 'none' }: Size): Promise<RunningTarget> {
  await requireDocker();
  const password = randomBytes(24).toString('hex');
  const method = balance === 'none' ? '' : BALANCE_DIRECTIVES[balance];
  const sizes = { CHATBENCH_WORKERS: String(workers), CHATBENCH_BALANCE_METHOD: method };
  const project = {
    name: `chatbench-${randomBytes(4).toString('hex')}`,
    env: { ...process.env, ...sizes, CHATBENCH_PASSWORD: password },
    password,
  };
  const stop = async () => {
    await compose(project, ['down', '--volumes', '--timeout', '2']).catch(() => '');
  };
  try {
    const scale = ['--scale', `gateway=${gateways}`, '--scale', `worker=${workers}`];
    // Named, and so without Prometheus and Grafana: what they take of the machine would be measured too.
    const services = ['gateway', 'worker', ...(balance === 'none' ? [] : ['nginx'])];
    await compose(project, ['up', '--detach', '--build', '--wait', ...scale, ...services]);
    return await connectTo(project, { gateways, workers, balance }, stop);
  } catch (cause) {
    await stop();
    throw new ChatbenchError('target-failed', `docker compose did not start the target: ${describe(cause)}`, { cause });
  }
}

/** Throws ChatbenchError `target-unavailable` with what is missing. */
async function requireDocker(): Promise<void> {
  const refuse = (message: string, hint: string) => new ChatbenchError('target-unavailable', message, { hint });
  if (findProgram('docker') === null) {
    throw refuse(
      'target "compose" needs Docker, which is not installed',
      'use "--target local" or "--target embedded"',
    );
  }
  await run(['info', '--format', '{{.ServerVersion}}']).catch((cause) => {
    throw refuse(`target "compose": the Docker engine does not answer: ${describe(cause)}`, 'start the engine');
  });
  await run(['compose', 'version']).catch(() => {
    throw refuse('target "compose" needs the compose plugin of Docker', 'install docker-compose-plugin');
  });
}

async function connectTo(
  project: Project,
  { balance, ...size }: Size,
  stop: () => Promise<void>,
): Promise<RunningTarget> {
  const [amqp, gateways, workers, nginx, components] = await Promise.all([
    readAddress(project, 'rabbitmq', 5672, 1),
    readAddresses(project, 'gateway', 8080, size.gateways),
    readAddresses(project, 'worker', 8080, size.workers),
    balance === 'none' ? null : readAddress(project, 'nginx', 8080, 1),
    readComponents(project),
  ]);
  return {
    description: { kind: 'compose', topology: 'worker', queueType: 'classic', ...size, components },
    endpoints: (nginx === null ? gateways : [nginx]).map((address) => `ws://${address}/ws`),
    gatewayStats: gateways.map((address) => `http://${address}/stats`),
    // In containers: not this machine's to see.
    processes: [],
    queue: {
      kind: 'amqp',
      url: `amqp://chatbench:${project.password}@${amqp}`,
      queues: Array.from({ length: Math.max(1, size.workers) }, (_, partition) => `chat.p${partition}`),
      deadLetters: DEAD_LETTERS,
      workerStats: workers.map((address) => `http://${address}/stats`),
    },
    // Containers are not watched: a part that dies shows as refused connections.
    failure: new Promise(() => {}),
    faults: null,
    stop,
  };
}

function readAddresses(project: Project, service: string, port: number, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => readAddress(project, service, port, index + 1)));
}

/** Host and port on loopback that lead to a container's port. Containers of a service count from 1. */
async function readAddress(project: Project, service: string, port: number, index: number): Promise<string> {
  return (await compose(project, ['port', '--index', String(index), service, String(port)])).trim();
}

const image = z.object({ Repository: z.string(), Tag: z.string() });

/** Images with their tags: what ran, as far as Docker can tell. */
async function readComponents(project: Project): Promise<{ name: string; version: string }[]> {
  const images = z.array(image).parse(JSON.parse(await compose(project, ['images', '--format', 'json'])));
  const versions = new Map(images.map(({ Repository, Tag }) => [Repository, Tag]));
  return [...versions].map(([name, version]) => ({ name, version }));
}

function compose(project: Project, args: readonly string[]): Promise<string> {
  return run(['compose', '--file', COMPOSE_FILE, '--project-name', project.name, ...args], project.env);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', [...args], { env, timeout: UP_LIMIT_MS });
  return stdout;
}

/** The last line that the command wrote: Docker puts the reason there. */
function describe(cause: unknown): string {
  const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
  return text.trim().split('\n').at(-1) ?? '';
}
