import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeSlimRabbitmqHome } from '../launch/local/slim-rabbitmq-home.ts';
import { findPortRange } from '../launch/machine/find-port-range.ts';
import { findFreePort } from '../launch/machine/free-port.ts';

export interface Services {
  readonly amqpUrl: string;
  /** STOMP over WebSocket; null where it was not asked for. */
  readonly stompUrl: string | null;
  /** RabbitMQ's management API and its metrics; null where they were not asked for. */
  readonly managementUrl: string | null;
  readonly metricsUrl: string | null;
  readonly redisUrl: string;
  readonly postgresUrl: string;
  /** Ends all of them and removes their files. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 90_000;

/** Starts a private Redis, RabbitMQ and Postgres on free loopback ports, in one temporary directory. */
export async function startServices(
  needs: { readonly stomp?: boolean; readonly management?: boolean } = {},
): Promise<Services> {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-services-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(endChild));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const first = await findPortRange(8);
    const [redis, amqp, distribution, epmd, postgres, free, apiPort, metricsPort] = Array.from(
      { length: 8 },
      (_, index) => first + index,
    );
    const stomp = needs.stomp === true ? free! : null;
    const management = needs.management === true ? { api: apiPort!, metrics: metricsPort! } : null;
    children.push(startRedis(directory, redis!));
    children.push(
      ...startRabbitMq(directory, { amqp: amqp!, distribution: distribution!, epmd: epmd!, stomp, management }),
    );
    children.push(startPostgres(directory, postgres!));
    const greeting = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
    await Promise.all([answers(redis!, 'PING\r\n'), answers(amqp!, greeting), answers(postgres!, SSL_REQUEST)]);
    for (const port of Object.values(management ?? {})) await answers(port, 'GET / HTTP/1.0\r\n\r\n');
    if (stomp !== null) await answers(stomp, 'GET / HTTP/1.0\r\n\r\n');
    return {
      amqpUrl: `amqp://guest:guest@127.0.0.1:${amqp}`,
      stompUrl: stomp === null ? null : `ws://guest:guest@127.0.0.1:${stomp}/ws`,
      managementUrl: management === null ? null : `http://guest:guest@127.0.0.1:${management.api}`,
      metricsUrl: management === null ? null : `http://127.0.0.1:${management.metrics}/metrics/per-object`,
      redisUrl: `redis://127.0.0.1:${redis}`,
      postgresUrl: `postgres://postgres@127.0.0.1:${postgres}/postgres`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface LoneRedis {
  readonly url: string;
  /** Ends it, with all that it held, and starts another one at the same port. Settles when that answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis and nothing else. */
export async function startLoneRedis(): Promise<LoneRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-redis-'));
  const port = await findFreePort();
  let child = startRedis(directory, port);
  await answers(port, 'PING\r\n');
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      await endChild(child);
      child = startRedis(directory, port);
      await answers(port, 'PING\r\n');
    },
    async stop() {
      await endChild(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a Sentinel that watches the Redis at this port as `chat`, alone. */
export async function startSentinel(masterPort: number): Promise<Pick<LoneRedis, 'stop'> & { readonly port: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'chatbench-sentinel-'));
  const port = await findFreePort();
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor chat 127.0.0.1 ${masterPort} 1`,
    'sentinel down-after-milliseconds chat 1000',
  ];
  const configuration = join(directory, 'sentinel.conf');
  writeFileSync(configuration, settings.map((line) => `${line}\n`).join(''));
  const child = spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' });
  await answers(port, 'PING\r\n');
  return {
    port,
    async stop() {
      await endChild(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Postgres answers it with one byte, whatever its configuration, once it accepts connections. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

function startRedis(directory: string, port: number): ChildProcess {
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  return spawn('redis-server', options, { stdio: 'ignore' });
}

function startRabbitMq(
  directory: string,
  ports: {
    amqp: number;
    distribution: number;
    epmd: number;
    stomp: number | null;
    management: { readonly api: number; readonly metrics: number } | null;
  },
): readonly [ChildProcess, ChildProcess] {
  const base = join(directory, 'rabbitmq');
  const configuration = join(directory, 'rabbitmq.conf');
  const plugins = join(directory, 'enabled_plugins');
  const webStomp = [
    'stomp.listeners.tcp = none',
    'web_stomp.tcp.ip = 127.0.0.1',
    `web_stomp.tcp.port = ${ports.stomp}`,
  ];
  const { management } = ports;
  const observed =
    management === null
      ? []
      : [
          'management.tcp.ip = 127.0.0.1',
          `management.tcp.port = ${management.api}`,
          'prometheus.tcp.ip = 127.0.0.1',
          `prometheus.tcp.port = ${management.metrics}`,
        ];
  const settings = [
    `listeners.tcp.default = 127.0.0.1:${ports.amqp}`,
    ...(ports.stomp === null ? [] : webStomp),
    ...observed,
  ];
  writeFileSync(configuration, settings.map((line) => `${line}\n`).join(''));
  const enabled = [
    ...(ports.stomp === null ? [] : ['rabbitmq_web_stomp']),
    ...(management === null ? [] : ['rabbitmq_management', 'rabbitmq_prometheus']),
  ];
  writeFileSync(plugins, `[${enabled.join(', ')}].\n`);
  const environment = {
    ...process.env,
    HOME: directory,
    ERL_EPMD_PORT: `${ports.epmd}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `chatbench-${ports.amqp}@localhost`,
    RABBITMQ_DIST_PORT: `${ports.distribution}`,
    RABBITMQ_MNESIA_BASE: base,
    RABBITMQ_LOG_BASE: base,
    RABBITMQ_PID_FILE: join(base, 'pid'),
    RABBITMQ_CONFIG_FILE: configuration,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
  const epmd = spawn('epmd', [], { env: environment, stdio: 'ignore' });
  const kept = ports.stomp === null ? [] : ['rabbitmq_stomp', 'rabbitmq_web_stomp', 'rabbitmq_web_dispatch'];
  // The management plugin and that of metrics bring a dozen libraries of their own: whole, where they are asked for.
  const script =
    ports.management === null
      ? makeSlimRabbitmqHome(findRabbitMqScript(), join(directory, 'installation'), null, kept)
      : findRabbitMqScript();
  const server = spawn(script, [], { env: environment, stdio: 'ignore', detached: true });
  return [epmd, server];
}

function findRabbitMqScript(): string {
  const library = '/usr/lib/rabbitmq/lib';
  const found = existsSync(library)
    ? readdirSync(library).find((name) => name.startsWith('rabbitmq_server-'))
    : undefined;
  return found === undefined ? 'rabbitmq-server' : join(library, found, 'sbin', 'rabbitmq-server');
}

function startPostgres(directory: string, port: number): ChildProcess {
  const data = join(directory, 'postgres');
  const binaries = findPostgresBinaries();
  // Postgres refuses to run as root.
  const account = process.getuid?.() === 0 ? readAccount('postgres') : null;
  if (account !== null) chownSync(directory, account.uid, account.gid);
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...account,
    cwd: directory,
    stdio: 'ignore',
  });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${directory}`];
  const options = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  return spawn(join(binaries, 'postgres'), options, { ...account, cwd: directory, stdio: 'ignore' });
}

function findPostgresBinaries(): string {
  const library = '/usr/lib/postgresql';
  const [newest] = existsSync(library) ? readdirSync(library).sort((a, b) => Number(b) - Number(a)) : [];
  return newest === undefined ? '' : join(library, newest, 'bin');
}

function readAccount(user: string): { uid: number; gid: number } {
  const read = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: read('-u'), gid: read('-g') };
}

/** Settles once the service at a loopback port has answered a greeting with any byte. */
export async function answers(port: number, greeting: string | Buffer): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answersOnce(port, greeting))) {
    if (Date.now() > deadline) throw new Error(`nothing answers on port ${port} within ${START_LIMIT_MS} ms`);
    await wait(50);
  }
}

function answersOnce(port: number, greeting: string | Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(greeting));
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Asks it to end, and ends it where it has not within three seconds. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  if (await Promise.race([exited.then(() => true), wait(3_000, false)])) return;
  // The start-up script of RabbitMQ leads a process group of its own.
  signal(-child.pid) || signal(child.pid);
  await exited;
}

function signal(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
