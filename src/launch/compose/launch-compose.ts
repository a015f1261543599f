import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Balance } from '../../choices.ts';
import { DEAD_LETTERS, listQueues } from '../../cluster/adapters/rabbitmq/amqp-topology.ts';
import { PARTITIONS } from '../../cluster/ports/partitions.ts';
import { ChatbenchError } from '../../errors.ts';
import { asOperator } from '../as-operator.ts';
import { BALANCE_DIRECTIVES } from '../local/nginx-config.ts';
import { findProgram } from '../machine/find-binaries.ts';
import { findPortRange } from '../machine/find-port-range.ts';
import type { RunningTarget, TargetFailure } from '../running-target.ts';
import { createComposeFaults } from './compose-faults.ts';
import { findGuiltyContainer } from './find-guilty-container.ts';
import { readServerVersions } from './read-server-versions.ts';
import { describeDockerError, runDocker } from './run-docker.ts';

export const COMPOSE_FILE = fileURLToPath(new URL('../../../docker-compose.target.yml', import.meta.url));

interface Size {
  readonly auth?: boolean;
  readonly hops?: boolean;
  readonly gateways: number;
  readonly workers: number;
  readonly balance?: Balance;
}

/** A composition of its own, with a random name and password. */
interface Project {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly password: string;
  readonly tokenKey: string | null;
}

/**
 * Builds and starts docker-compose.target.yml.
 * Throws ChatbenchError `target-unavailable` where Docker, its compose plugin or its engine is missing.
 *
 * @param keepPorts a container that is started again is found at the same port of this machine
 */
export async function launchCompose(
  { gateways, workers, balance = 'none', auth = false, hops = true }: Size,
  keepPorts = false,
): Promise<RunningTarget> {
  await requireDocker();
  const password = randomBytes(24).toString('hex');
  const tokenKey = auth ? randomBytes(32).toString('base64url') : null;
  const method = balance === 'none' ? '' : BALANCE_DIRECTIVES[balance];
  const ports = keepPorts ? await choosePorts(gateways, workers) : {};
  const project = {
    name: `chatbench-${randomBytes(4).toString('hex')}`,
    env: {
      ...process.env,
      CHATBENCH_BALANCE_METHOD: method,
      ...ports,
      CHATBENCH_PASSWORD: password,
      CHATBENCH_HOPS: String(hops),
      CHATBENCH_TOKEN_KEY: tokenKey ?? '',
    },
    password,
    tokenKey,
  };
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    // Nothing of it is kept: who needs longer to end in order, as RabbitMQ does, need not.
    await compose(project, ['down', '--volumes', '--timeout', '3']).catch(() => '');
  };
  try {
    const scale = ['--scale', `gateway=${gateways}`, '--scale', `worker=${workers}`];
    // Named, and so without Prometheus and Grafana: what they take of the machine would be measured too.
    const services = ['gateway', 'worker', ...(balance === 'none' ? [] : ['nginx'])];
    await compose(project, ['up', '--detach', '--build', '--wait', ...scale, ...services]);
    const { promise: failure, resolve: fail } = Promise.withResolvers<TargetFailure>();
    // The end that `stop` brings about is no failure.
    const faults = createComposeFaults(project.name, (lost) => isStopping || fail(lost));
    // Containers are not watched: one that dies by itself shows as refused connections.
    return { ...(await connectTo(project, { gateways, workers, balance })), failure, faults, stop };
  } catch (cause) {
    const error = await describeStartFailure(project.name, cause);
    await stop();
    throw error;
  }
}

/** Names the container that did not come up, with the last that it wrote, while there are containers to be asked. */
async function describeStartFailure(project: string, cause: unknown): Promise<ChatbenchError> {
  const guilty = await findGuiltyContainer(project);
  const reason = guilty === null ? describeDockerError(cause) : `${guilty.component} ${guilty.reason}`;
  const lines = [`docker compose did not start the target: ${reason}`, ...(guilty?.logTail ?? [])];
  return new ChatbenchError('target-failed', lines.join('\n'), { cause });
}

/**
 * Ports that stay: those that Docker chooses are others after each start of a container. As many as there are replicas, so that
 * for one that is started again just its own is left.
 */
async function choosePorts(gateways: number, workers: number): Promise<NodeJS.ProcessEnv> {
  const first = await findPortRange(gateways + workers + 2);
  const range = (from: number, count: number) => (count === 1 ? `${from}` : `${from}-${from + count - 1}`);
  return {
    CHATBENCH_RABBITMQ_PORT: `${first}`,
    CHATBENCH_NGINX_PORT: `${first + 1}`,
    CHATBENCH_GATEWAY_PORTS: range(first + 2, gateways),
    CHATBENCH_WORKER_PORTS: range(first + 2 + gateways, workers),
  };
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
  await runDocker(['info', '--format', '{{.ServerVersion}}']).catch((cause) => {
    throw refuse(
      `target "compose": the Docker engine does not answer: ${describeDockerError(cause)}`,
      'start the engine',
    );
  });
  await runDocker(['compose', 'version']).catch(() => {
    throw refuse('target "compose" needs the compose plugin of Docker', 'install docker-compose-plugin');
  });
}

/** Where the parts of a composition are that is up. */
async function connectTo(
  project: Project,
  { balance, auth: _auth, hops: _hops, ...size }: Size,
): Promise<Omit<RunningTarget, 'failure' | 'faults' | 'stop'>> {
  const [amqp, gateways, workers, nginx] = await Promise.all([
    readAddress(project, 'rabbitmq', 5672, 1),
    readAddresses(project, 'gateway', 8080, size.gateways),
    readAddresses(project, 'worker', 8080, size.workers),
    balance === 'none' ? null : readAddress(project, 'nginx', 8080, 1),
  ]);
  const components = await readServerVersions(project.name, { rabbitmq: amqp, nginx });
  return {
    description: { kind: 'compose', topology: 'worker', queueType: 'classic', ...size, components },
    tokenKey: project.tokenKey,
    endpoints: (nginx === null ? gateways : [nginx]).map((address) => `ws://${address}/ws`),
    gatewayStats: gateways.map((address) => asOperator(`http://${address}/stats`, project.tokenKey)),
    // In containers: not this machine's to see.
    processes: [],
    queue: {
      kind: 'amqp',
      url: `amqp://chatbench:${project.password}@${amqp}`,
      queues: listQueues(PARTITIONS),
      deadLetters: DEAD_LETTERS,
      workerStats: workers.map((address) => asOperator(`http://${address}/stats`, project.tokenKey)),
    },
  };
}

function readAddresses(project: Project, service: string, port: number, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => readAddress(project, service, port, index + 1)));
}

/** Host and port on loopback that lead to a container's port. Containers of a service count from 1. */
async function readAddress(project: Project, service: string, port: number, index: number): Promise<string> {
  return (await compose(project, ['port', '--index', String(index), service, String(port)])).trim();
}

function compose(project: Project, args: readonly string[]): Promise<string> {
  return runDocker(['compose', '--file', COMPOSE_FILE, '--project-name', project.name, ...args], project.env);
}
