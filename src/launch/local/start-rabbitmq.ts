import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ENVELOPE_BYTES } from '../../cluster/ports/envelope.ts';
import { askGreeting, readGreeting } from '../machine/amqp-greeting.ts';
import { awaitAnswer } from '../machine/await-answer.ts';
import type { RabbitmqBinaries } from '../machine/find-binaries.ts';
import { findFreePort } from '../machine/free-port.ts';
import { writePrivately } from '../supervision/write-privately.ts';
import { closeAmqpConnections } from './close-amqp-connections.ts';
import { makeSlimRabbitmqHome } from './slim-rabbitmq-home.ts';
import { type LaunchContext, retryOnTakenPort, startUntilReady } from './start-component.ts';

export interface RunningRabbitmq {
  readonly url: string;
  /** STOMP over WebSocket; null where it was not asked for. */
  readonly stompUrl: string | null;
  readonly version: string;
  readonly erlangVersion: string;
  /** Closes every AMQP connection at the broker's end. */
  disconnect(): Promise<void>;
}

interface Ports {
  readonly amqp: number;
  readonly epmd: number;
  readonly distribution: number;
  /** Null: no plugin. */
  readonly stomp: number | null;
}

const NODE_NAME = 'chatbench@localhost';

/** What RabbitMQ's STOMP over WebSocket needs besides RabbitMQ's own libraries. */
const STOMP_PLUGINS = ['rabbitmq_stomp', 'rabbitmq_web_stomp', 'rabbitmq_web_dispatch'] as const;

/**
 * A private RabbitMQ on loopback, without plugins but those asked for, with its own port mapper, cookie and user; `guest` does
 * not exist.
 */
export function startRabbitmq(
  context: LaunchContext,
  binaries: RabbitmqBinaries,
  needs: { readonly stomp: boolean },
): Promise<RunningRabbitmq> {
  return retryOnTakenPort(async (attempt) => {
    const user = 'chatbench';
    const password = randomBytes(24).toString('hex');
    const ports = {
      amqp: await findFreePort(),
      epmd: await findFreePort(),
      distribution: await findFreePort(),
      stomp: needs.stomp ? await findFreePort() : null,
    };
    const home = context.directory.makeComponentDirectory(`rabbitmq-${attempt}`, context.account);
    writeConfiguration(context, home, ports, user, password);
    await startEpmd(context, binaries.epmd, home, ports.epmd);
    const script = makeSlimRabbitmqHome(
      binaries.server,
      join(home, 'installation'),
      context.account,
      needs.stomp ? STOMP_PLUGINS : [],
    );
    const greeting = await startServer(context, script, home, ports);
    const [version = 'unknown', erlangVersion = 'unknown'] = greeting.split(' ');
    const stompUrl = ports.stomp === null ? null : `ws://${user}:${password}@127.0.0.1:${ports.stomp}/ws`;
    const node = { name: NODE_NAME, home, epmdPort: ports.epmd, account: context.account };
    return {
      url: `amqp://${user}:${password}@127.0.0.1:${ports.amqp}`,
      stompUrl,
      version,
      erlangVersion,
      disconnect: () => closeAmqpConnections(node),
    };
  });
}

function writeConfiguration({ account }: LaunchContext, home: string, ports: Ports, user: string, password: string) {
  const write = (name: string, lines: readonly string[], mode: number) =>
    writePrivately(join(home, name), lines.map((line) => `${line}\n`).join(''), account, mode);
  const configuration = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'log.file = false',
    'log.console = true',
    'log.console.level = warning',
    // An envelope that is larger goes through a second store, which all queues share.
    `queue_index_embed_msgs_below = ${2 * ENVELOPE_BYTES}`,
    ...(ports.stomp === null
      ? []
      : ['stomp.listeners.tcp = none', 'web_stomp.tcp.ip = 127.0.0.1', `web_stomp.tcp.port = ${ports.stomp}`]),
  ];
  write('rabbitmq.conf', configuration, 0o600);
  write('enabled_plugins', [ports.stomp === null ? '[].' : '[rabbitmq_web_stomp].'], 0o600);
  write('rabbitmq-env.conf', [], 0o600);
  write('.erlang.cookie', [randomBytes(24).toString('hex')], 0o400);
}

/** Erlang's port mapper, as a child of ours: one that Erlang starts by itself outlives it and listens to everybody. */
async function startEpmd(context: LaunchContext, command: string, home: string, port: number): Promise<void> {
  const args = ['-port', String(port), '-address', '127.0.0.1'];
  // NAMES_REQ, answered by the mapper's own port number, then the names.
  const request = Buffer.from([0, 1, 'n'.charCodeAt(0)]);
  const read = (answer: Buffer) => (answer.length < 4 ? null : String(answer.readUInt32BE()));
  await startUntilReady(context, 'broker', specify(context, 'epmd', command, args, home, {}), (_, signal) =>
    awaitAnswer({ port, request, read }, signal),
  );
}

/** Yields "<version of RabbitMQ> <version of Erlang>". */
async function startServer(context: LaunchContext, command: string, home: string, ports: Ports): Promise<string> {
  // The distribution (the protocol between Erlang nodes) listens on every interface unless told otherwise.
  const erlangArguments = `${limitSchedulers()} -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}`;
  const env = {
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: NODE_NAME,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(home, 'data'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(home, 'generated'),
    RABBITMQ_PID_FILE: join(home, 'pid'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangArguments,
    // The script then replaces itself by Erlang instead of waiting for it: one process to watch and to signal.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  return startUntilReady(context, 'broker', specify(context, 'rabbitmq', command, [], home, env), (_, signal) =>
    awaitAnswer({ port: ports.amqp, request: askGreeting, read: readGreeting }, signal),
  );
}

/**
 * Half of the cores. The broker shares them with everything else of the target, and a message that wanders from scheduler to
 * scheduler wakes a sleeping thread each time: on two cores one scheduler needs half of the context switches of two.
 */
function limitSchedulers(): string {
  const count = Math.max(1, Math.floor(availableParallelism() / 2));
  return `+S ${count}:${count} +SDcpu ${count}:${count} +SDio ${count}`;
}

function specify(
  context: LaunchContext,
  name: string,
  command: string,
  args: readonly string[],
  home: string,
  env: NodeJS.ProcessEnv,
) {
  return {
    name,
    command,
    args,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, ...env },
    cwd: home,
    logFile: context.directory.logFile(name),
    account: context.account,
    ipc: false,
    killSignal: 'SIGKILL',
  } as const;
}
