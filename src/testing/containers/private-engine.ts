import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../launch/machine/find-binaries.ts';
import { readLogTail } from '../../launch/supervision/log-tail.ts';
import { listDescendants } from '../../launch/supervision/process-identity.ts';
import { endStragglers } from '../../launch/supervision/sweep-stale-instances.ts';
import type { ContainerEngine } from './container-engine.ts';
import { type EngineTraces, makeEngineFolder, removeTraces, sweepStaleEngines } from './engine-traces.ts';
import { runProgram } from './run-program.ts';
import { unpackPackages } from './unpack-packages.ts';

const PACKAGES = [
  ...['docker.io', 'containerd', 'runc', 'tini', 'libdevmapper1.02.1', 'libseccomp2'],
  // Where nobody touches this machine's firewall, containers still have rules of their own, by which they find Docker's DNS.
  ...[
    'iptables',
    'libxtables12',
    'libip4tc2',
    'libip6tc2',
    'libnftnl11',
    'libmnl0',
    'libnfnetlink0',
    'libnetfilter-conntrack3',
  ],
] as const;
const PROGRAMS = ['apt-get', 'dpkg', 'unshare', 'setpriv', 'perl'] as const;
const COMPOSE_PLUGIN = fileURLToPath(
  new URL('../../../dist/testing/containers/compose-plugin-process.js', import.meta.url),
);

const START_LIMIT_MS = 30_000;
const LOOK_INTERVAL_MS = 50;
const END_LIMIT_MS = 10_000;

/** Why this machine cannot have an engine of a test's own, as the middle of a sentence; null: it can. */
export function whyNoPrivateEngine(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'this is not root';
  const missing = PROGRAMS.filter((name) => findProgram(name) === null);
  return missing.length === 0 ? null : `${missing.join(', ')} is not here`;
}

/**
 * A Docker engine of Debian's packages, unpacked and not installed, with its own folder and socket, and with a stand-in for the
 * plugin Compose, which Debian 12 lacks. Its processes live in a process and mount namespace of their own, whose first one dies
 * with the process that called this: the kernel then ends all the others and takes their mounts off, whatever happened. What can
 * be left then — a folder, bridges, control groups — the next start sweeps. The firewall and the forwarding of this machine stay
 * as they are: containers reach one another, their published ports are found on loopback, and no container reaches the network.
 * Rejects where it does not start.
 */
export async function startPrivateEngine(): Promise<ContainerEngine> {
  await sweepStaleEngines();
  const traces = makeEngineFolder(randomBytes(2).toString('hex'));
  const programs = join(traces.folder, 'packages', 'usr');
  let engine: ChildProcess | null = null;
  const stop = async () => {
    if (engine !== null) await endEngine(engine);
    await removeTraces(traces);
  };
  try {
    await unpackPackages(PACKAGES, join(traces.folder, 'packages'));
    symlinkSync('iptables-nft', join(programs, 'sbin', 'iptables'));
    const env = prepareEnvironment(traces, programs);
    engine = spawnEngine(traces, programs, env);
    await awaitAnswer(engine, traces, env);
    return { env, own: traces, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function prepareEnvironment(traces: EngineTraces, programs: string): NodeJS.ProcessEnv {
  const configuration = join(traces.folder, 'configuration');
  const plugins = join(configuration, 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(configuration, 'config.json'), '{}');
  const script = `#!/bin/sh\nexport BRIDGE_PREFIX='${traces.bridgePrefix}'\nexec '${process.execPath}' '${COMPOSE_PLUGIN}' "$@"\n`;
  writeFileSync(join(plugins, 'docker-compose'), script, { mode: 0o755 });
  const { DOCKER_CONTEXT: _context, DOCKER_TLS_VERIFY: _tls, ...env } = process.env;
  return {
    ...env,
    PATH: `${programs}/bin:${programs}/sbin:${env.PATH}`,
    DOCKER_HOST: `unix://${traces.folder}/docker.sock`,
    DOCKER_CONFIG: configuration,
    // The builder that needs no plugin.
    DOCKER_BUILDKIT: '0',
  };
}

function spawnEngine({ folder, controlGroup }: EngineTraces, programs: string, env: NodeJS.ProcessEnv): ChildProcess {
  const configuration = join(folder, 'daemon.json');
  // This machine's own, where it has one, is for another engine.
  writeFileSync(configuration, '{}');
  const options = {
    'config-file': configuration,
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'run'),
    pidfile: join(folder, 'dockerd.pid'),
    host: env.DOCKER_HOST,
    bridge: 'none',
    iptables: false,
    ip6tables: false,
    'ip-forward': false,
    'ip-masq': false,
    'default-address-pool': 'base=10.232.0.0/16,size=24',
    'cgroup-parent': controlGroup,
    'exec-opt': 'native.cgroupdriver=cgroupfs',
    'init-path': `${programs}/bin/tini`,
    'log-level': 'warn',
  };
  const libraries = `${programs}/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const namespaces = ['--pid', '--fork', '--kill-child=KILL', '--mount', '--mount-proc', '--propagation', 'private'];
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'dockerd', ...flags], {
    env: { ...env, LD_LIBRARY_PATH: libraries, XTABLES_LIBDIR: join(libraries, 'xtables') },
    stdio: ['ignore', log, log],
    // A signal to the group of the test is not for the engine: who wants it to end says so.
    detached: true,
  });
  closeSync(log);
  return child;
}

async function awaitAnswer(engine: ChildProcess, { folder }: EngineTraces, env: NodeJS.ProcessEnv): Promise<void> {
  let problem = 'it ended';
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS && engine.exitCode === null; waitedMs += LOOK_INTERVAL_MS) {
    const error = await runProgram('docker', ['version'], { env }).then(
      () => null,
      (reason: Error) => reason,
    );
    if (error === null) return;
    problem = error.message;
    await sleep(LOOK_INTERVAL_MS);
  }
  const log = readLogTail(join(folder, 'dockerd.log'), 5).join('\n');
  throw new Error(`the test's own Docker engine did not start: ${problem}\n${log}`);
}

/** The first process of the namespace goes, and with it all of them. Its parent waits for it, so that nothing is left unburied. */
async function endEngine(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null || engine.signalCode !== null || engine.pid === undefined) return;
  const exited = new Promise((resolve) => engine.once('exit', resolve));
  const all = listDescendants(engine.pid);
  const [first] = all;
  if (first === undefined) engine.kill('SIGKILL');
  else process.kill(first.pid, 'SIGKILL');
  await exited;
  await endStragglers(all, END_LIMIT_MS);
}
