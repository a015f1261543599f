import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ChatClient } from '../../testing/chat-client.ts';
import type { ContainerEngine } from '../../testing/containers/container-engine.ts';
import { listImages } from '../../testing/containers/list-images.ts';
import { openContainerEngine } from '../../testing/containers/open-container-engine.ts';
import { runProgram } from '../../testing/containers/run-program.ts';
import { buildStandinImages } from '../../testing/containers/standin-images.ts';
import { type Chatbench, startChatbench } from '../../testing/run-chatbench.ts';

/** A worker dies two seconds into what is measured; the test itself does the rest while the load lasts: on a busy machine 20 s. */
const SCENARIO = `
name: containers
question: Does it hold?
clients: 40
rooms: { size: 2 }
rate: 80/s
duration: 45s
warmup: 1s
drain: 20s
timeouts: { delivery: 30s }
reconnect: on
faults:
  - { at: 3s, kill: worker-1 }
thresholds: [lost == 0, reordered == 0, misrouted == 0]
`;
const summary = z.object({
  thresholds: z.array(z.object({ expression: z.string(), ok: z.boolean().nullable() })),
  target: z.object({ components: z.array(z.object({ name: z.string(), version: z.string() })) }),
  deliveries: z.object({ expected: z.number(), once: z.number(), lost: z.number() }),
  faults: z.array(z.object({ failure: z.string().nullable() })),
});

let directory: string;
let engine: ContainerEngine;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'composition-'));
  engine = await openContainerEngine();
  if (engine.own !== null) {
    await buildStandinImages(engine.env, directory, listImages(['redis', 'rabbitmq', 'postgres', 'nginx', 'gateway']));
  }
});

afterAll(async () => {
  await engine?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function docker(...args: readonly string[]): Promise<string> {
  return runProgram('docker', args, { env: engine.env });
}

function start(args: readonly string[]): Chatbench {
  writeFileSync(join(directory, 'containers.yaml'), SCENARIO);
  return startChatbench(['run', 'containers.yaml', '--target', 'compose', '--json', ...args], directory, engine.env);
}

/** By name without its project: "gateway-1". */
async function findContainers(project: string): Promise<Map<string, string>> {
  const lines = await docker(
    'ps',
    '--all',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--format',
    '{{.ID}} {{.Names}}',
  );
  const rows = lines.split('\n').filter((line) => line !== '');
  return new Map(rows.map((line) => [line.split(`${project}-`)[1] ?? '', line.split(' ')[0] ?? '']));
}

/** The only one of this test's: its name is chosen by chance. */
async function findProject(): Promise<string> {
  const labels = await docker('ps', '--format', '{{.Label "com.docker.compose.project"}}');
  const [project, ...others] = new Set(labels.split('\n').filter((name) => name.startsWith('chatbench-')));
  expect(others).toEqual([]);
  return project ?? '';
}

async function readAddress(container: string): Promise<string> {
  return docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container);
}

async function findPort(container: string): Promise<string> {
  return (await docker('port', container, '8080/tcp')).split('\n')[0] ?? '';
}

async function countConnections(container: string): Promise<number> {
  const response = await fetch(`http://${await findPort(container)}/stats`);
  return ((await response.json()) as { connections: number }).connections;
}

/** Stops a gateway and a worker and starts them in the other order, which gives each the other's address. */
async function swapAddresses(gateway: string, worker: string): Promise<void> {
  const before = [await readAddress(gateway), await readAddress(worker)];
  await docker('stop', '--time', '5', gateway);
  await docker('stop', '--time', '5', worker);
  await docker('start', before[0]! < before[1]! ? worker : gateway);
  await docker('start', before[0]! < before[1]! ? gateway : worker);
  expect([await readAddress(gateway), await readAddress(worker)]).toEqual(before.toReversed());
}

test('a composition behind nginx loses nothing while a worker dies and two containers swap their addresses', async () => {
  const run = start(['--gateways', '2', '--workers', '2', '--balance', 'round-robin']);
  await run.sees('measure');
  const project = await findProject();
  const containers = await findContainers(project);
  const [gateway1, gateway2, worker2, nginx] = ['gateway-1', 'gateway-2', 'worker-2', 'nginx-1'].map(
    (name) => containers.get(name)!,
  ) as [string, string, string, string];
  await swapAddresses(gateway2, worker2);
  const endpoint = `ws://${await findPort(nginx)}/ws`;
  // New clients find the gateway at its new address, and never the worker that is at its old one.
  await expect
    .poll(async () => {
      const clients = await Promise.all(Array.from({ length: 8 }, (_, n) => ChatClient.connect(endpoint, `late-${n}`)));
      const counts = await Promise.all([gateway1, gateway2].map(countConnections));
      for (const { webSocket } of clients) webSocket.close();
      return Math.min(...counts);
    })
    .toBeGreaterThanOrEqual(4);
  // 5: on a machine that is busy the generator has to wait for a core, which says nothing of the composition.
  expect([0, 5], run.stderr()).toContain(await run.ended);

  const { deliveries, faults, target, thresholds } = summary.parse(JSON.parse(run.stdout()));
  expect(deliveries).toMatchObject({ expected: 3_600, lost: 0 });
  expect(thresholds.filter(({ ok }) => ok !== true)).toEqual([]);
  expect(faults).toEqual([{ failure: null }]);
  // As they say themselves, which no tag of an image that they run as does.
  const versions = Object.fromEntries(target.components.map(({ name, version }) => [name, version]));
  expect(Object.keys(versions)).toEqual(['redis', 'rabbitmq', 'erlang', 'postgres', 'node', 'nginx']);
  expect(Object.values(versions)).toEqual(Array.from({ length: 6 }, () => expect.stringMatching(/^\d+\.\d+/)));
  if (engine.own !== null) expect(versions.redis).not.toBe('7.4.5');

  expect(await findContainers(project)).toEqual(new Map());
  expect(await docker('network', 'ls', '--quiet', '--filter', `name=${project}`)).toBe('');
});

test('the engine of a test leaves nothing behind', async () => {
  const { own } = engine;
  if (own === null) return;
  const { folder, bridgePrefix, controlGroup } = own;
  expect(existsSync(folder)).toBe(true);
  await engine.stop();
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync('/sys/class/net').filter((name) => name.startsWith(bridgePrefix))).toEqual([]);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
  expect(await runProgram('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', controlGroup.slice(1)])).toBe('');
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readCommand);
  expect(commands.filter((command) => command.includes(folder))).toEqual([]);
});

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
