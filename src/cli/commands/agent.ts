import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { monotonicClock } from '../../clock.ts';
import { readCpuLimits } from '../../cpu-limits.ts';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { createTimeServer, type TimeServer } from '../../fleet/clock/time-server.ts';
import type { AgentLimits } from '../../fleet/remote/agent-limits.ts';
import { hashModule } from '../../fleet/remote/hash-module.ts';
import { readKeyPair } from '../../fleet/remote/keys.ts';
import { connectNatsEngine } from '../../fleet/remote/nats-engine.ts';
import { type AgentIdentity, serveAgent } from '../../fleet/remote/serve-agent.ts';
import { startShardProcess } from '../../fleet/shard-handle.ts';
import { nameHost } from '../../generator/hosts/host-guard.ts';
import { readOpenFilesLimit } from '../../generator/open-files.ts';
import { readVersion } from '../../version.ts';
import { isLoopback, readEngineUrl, splitAddress } from '../agents/engine-options.ts';
import { type AgentKeys, readAgentKeys } from '../agents/key-files.ts';
import { printNote } from '../print.ts';
import { exitCodeOf, listenForSignals } from '../run/run-signals.ts';

const NTP_PORT = 123;

export interface AgentCommandOptions {
  readonly join: string;
  /** Path of a file of `agents keygen`. */
  readonly key?: string;
  readonly allowTarget: readonly string[];
  readonly allowEnv: readonly string[];
  readonly allowModule: readonly string[];
  /** name=value each. */
  readonly label: readonly string[];
  /** HOST or HOST:PORT each. */
  readonly timeServer: readonly string[];
  /** It leaves after one run. */
  readonly once: boolean;
  readonly maxRate?: number;
  readonly maxConnections?: number;
  /** µs. */
  readonly maxDuration?: number;
  readonly out: string;
}

/** `chatbench agent`: runs shards for controllers elsewhere, until it is interrupted. */
export async function agent(options: AgentCommandOptions): Promise<ExitCode> {
  const url = readEngineUrl('--join', options.join);
  const keys = options.key === undefined ? null : readAgentKeys(options.key);
  if (keys === null && !isLoopback(new URL(url).hostname)) {
    throw new ChatbenchError('usage', `--join ${url}: beyond this machine an agent needs a key, expected --key FILE`, {
      hint: 'chatbench agents keygen writes one for each, where runs are started',
    });
  }
  const limits = readLimits(options);
  const timeServers = options.timeServer.map(readTimeServer);
  const identity = describeSelf(options, keys);
  const signals = listenForSignals();
  printNote(`agent ${identity.name}: joins ${url}, may load ${limits.hosts.join(', ')}`);
  const connecting = connectNatsEngine(
    { url, seed: keys?.seed ?? null, ca: keys?.certificate ?? null, name: `chatbench agent ${identity.name}` },
    true,
  );
  const interrupted = new Promise<null>((done) => signals.signal.addEventListener('abort', () => done(null)));
  const engine = await Promise.race([connecting, interrupted]);
  if (engine === null) return exitCodeOf(signals, EXIT.pass);
  printNote(`agent ${identity.name}: is there (${engine.description})`);
  const isDone = Promise.withResolvers<null>();
  const service = serveAgent({
    engine,
    clock: monotonicClock,
    identity,
    limits,
    controller: keys?.controller ?? null,
    startShard: startShardProcess,
    timeServers,
    tell: (line) => printNote(`agent ${identity.name}: ${line}`),
    keepReports: (run, reports) => keepReports(options.out, run, identity, reports),
    onRunOver: () => options.once && isDone.resolve(null),
  });
  const broken = await Promise.race([isDone.promise, interrupted, engine.closed]);
  service.stop();
  await engine.close();
  signals.release();
  if (broken !== null) {
    throw new ChatbenchError('target-unavailable', broken, {
      hint: 'the key file has to be of the same `agents keygen`',
    });
  }
  return exitCodeOf(signals, EXIT.pass);
}

function readLimits({
  allowTarget,
  allowEnv,
  allowModule,
  maxRate,
  maxConnections,
  maxDuration,
}: AgentCommandOptions): AgentLimits {
  if (allowTarget.length === 0) {
    throw new ChatbenchError('usage', 'agent: loads nothing that it is not allowed to, expected --allow-target HOST', {
      hint: '--allow-target 127.0.0.1 for a target on this machine; repeatable',
    });
  }
  return {
    hosts: allowTarget.map(nameHost),
    variables: allowEnv,
    modules: new Map(allowModule.map((file) => [hashAllowed(file), resolve(file)])),
    maxPerSecond: maxRate ?? null,
    maxConnections: maxConnections ?? null,
    maxDurationUs: maxDuration ?? null,
  };
}

function hashAllowed(file: string): string {
  try {
    return hashModule(file);
  } catch (cause) {
    throw new ChatbenchError(
      'usage',
      `--allow-module ${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`,
    );
  }
}

function describeSelf({ label }: AgentCommandOptions, keys: AgentKeys | null): AgentIdentity {
  const keyName = keys === null ? 'local' : readKeyPair(keys.seed).publicKey;
  return {
    version: readVersion(),
    // New with every start: nobody is ever taken for the one that was there before.
    id: `${keyName}.${randomBytes(6).toString('hex')}`,
    name: `${hostname()}/${process.pid}`,
    cores: readCpuLimits().cores,
    memoryBytes: totalmem(),
    openFilesLimit: readOpenFilesLimit(),
    labels: Object.fromEntries(label.map(readLabel)),
  };
}

function readLabel(text: string): readonly [string, string] {
  const [, name, value] = /^([\w.-]{1,50})=([\w.-]{1,100})$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new ChatbenchError('usage', `--label ${text}: expected name=value, such as region=tokyo`);
}

function readTimeServer(text: string): TimeServer {
  const address = splitAddress(text, NTP_PORT);
  if (address !== null) return createTimeServer(text, address.host, address.port, monotonicClock);
  throw new ChatbenchError('usage', `--time-server ${text}: expected a host, such as 169.254.169.123 or time.example`);
}

function keepReports(directory: string, run: string, { name }: AgentIdentity, reports: readonly unknown[]): void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${run}-${name.replaceAll('/', '-')}.json`);
  writeFileSync(path, `${JSON.stringify({ run, agent: name, reports })}\n`);
  printNote(`agent ${name}: run ${run}: the controller is gone; what was measured here is in ${path}`);
}
