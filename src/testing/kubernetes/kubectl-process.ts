import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { ISecret } from 'kubernetes-models/v1';
import { findFreePort } from '../../launch/machine/free-port.ts';

/**
 * A stand-in for kubectl and a cluster, for what `run --on kubernetes` asks of them: secrets become files, and what pods would run
 * becomes processes of this machine. All of it is in the directory CLUSTER, with a log of the calls.
 */
const CLUSTER = process.env.CLUSTER!;
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const WHERE = new Set(['--context', '--namespace']);

const all = process.argv.slice(2);
const args = all.filter((arg, index) => !WHERE.has(arg) && !WHERE.has(all[index - 1] ?? ''));
appendFileSync(join(CLUSTER, 'calls'), `${args.join(' ')}\n`);
const verbs: Readonly<Record<string, () => unknown>> = {
  config: () => process.stdout.write('stand-in\n'),
  create,
  rollout: startPods,
  get: printPods,
  'port-forward': forward,
  delete: remove,
};
await verbs[args[0]!]!();

function create(): void {
  const manifest = JSON.parse(readFileSync(0, 'utf8')) as IJob & { items?: ISecret[] };
  for (const one of manifest.items ?? [manifest]) {
    const { kind, metadata } = one;
    writeFileSync(join(CLUSTER, `${kind}-${metadata?.name}.json`), JSON.stringify(one));
  }
  process.stdout.write('uid-of-job');
}

function read<Manifest>(kind: string): Manifest[] {
  const files = readdirSync(CLUSTER).filter((file) => file.startsWith(`${kind}-`));
  return files.map((file) => JSON.parse(readFileSync(join(CLUSTER, file), 'utf8')));
}

async function startPods(): Promise<void> {
  for (const { data = {} } of read<ISecret>('Secret')) {
    for (const [name, text] of Object.entries(data)) {
      writeFileSync(join(CLUSTER, name), Buffer.from(text, 'base64'), { mode: 0o600 });
    }
  }
  const port = await findFreePort();
  writeFileSync(join(CLUSTER, 'port'), String(port));
  const config = readFileSync(join(CLUSTER, 'engine.conf'), 'utf8');
  const local = config.replaceAll('/etc/engine', CLUSTER).replace('0.0.0.0:4222', `127.0.0.1:${port}`);
  writeFileSync(join(CLUSTER, 'engine.conf'), local);
  start('nats-server', ['-c', join(CLUSTER, 'engine.conf')]);
  for (const { spec } of read<IJob>('Job')) {
    const own = spec!.template.spec!.containers[0]!.args!.map((arg) =>
      arg.replace(/^tls:.*/, `tls://127.0.0.1:${port}`).replace('/etc/chatbench', CLUSTER),
    );
    for (let index = 0; index < spec!.parallelism!; index++) start(process.execPath, [MAIN, ...own]);
  }
}

function start(command: string, commandArgs: readonly string[]): void {
  const cwd = join(CLUSTER, 'work');
  mkdirSync(cwd, { recursive: true });
  const child = spawn(command, commandArgs, { cwd, detached: true, stdio: 'ignore' });
  child.unref();
  appendFileSync(join(CLUSTER, 'pids'), `${child.pid}\n`);
}

function printPods(): void {
  const count = read<IJob>('Job')[0]?.spec?.parallelism ?? 0;
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const items = Array.from({ length: count }, (_, index) => ({ metadata: { name: `agent-${index}` }, status }));
  process.stdout.write(JSON.stringify({ items }));
}

/** The engine listens on this machine already. */
function forward(): void {
  appendFileSync(join(CLUSTER, 'forwards'), `${process.pid}\n`);
  process.stdout.write(`Forwarding from 127.0.0.1:${readFileSync(join(CLUSTER, 'port'), 'utf8')} -> 4222\n`);
  setInterval(() => {}, 60_000);
}

function remove(): void {
  const pids = join(CLUSTER, 'pids');
  if (!existsSync(pids)) return;
  for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) {
    try {
      process.kill(Number(pid), 'SIGTERM');
    } catch {
      // It has left on its own, as agents do after one run.
    }
  }
}
