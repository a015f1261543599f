import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ChatClient } from '../../testing/chat-client.ts';
import { type CompositionFixture, openComposition } from '../../testing/containers/composition-fixture.ts';
import { listCommands } from '../../testing/containers/list-commands.ts';
import { runProgram } from '../../testing/containers/run-program.ts';

/** On a machine that others keep busy; by itself it takes about a minute. */
const PATIENCE_MS = 600_000;

/** A worker dies while it is measured; the test itself does the rest meanwhile, which takes a busy machine 20 s. */
const SCENARIO = `
name: containers
question: Does the composition hold?
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
  deliveries: z.object({ expected: z.number(), lost: z.number() }),
  faults: z.array(z.object({ failure: z.string().nullable() })),
});

let composition: CompositionFixture;

beforeAll(async () => {
  composition = await openComposition();
}, PATIENCE_MS);

afterAll(() => composition?.stop());

function readAddress(container: string): Promise<string> {
  return composition.docker(
    'inspect',
    '--format',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    container,
  );
}

async function findPort(container: string): Promise<string> {
  return (await composition.docker('port', container, '8080/tcp')).split('\n')[0] ?? '';
}

async function countConnections(container: string): Promise<number> {
  const response = await fetch(`http://${await findPort(container)}/stats`);
  return ((await response.json()) as { connections: number }).connections;
}

/** Stops a gateway and a worker and starts them in the other order, which gives each the other's address. */
async function swapAddresses(gateway: string, worker: string): Promise<void> {
  const before = [await readAddress(gateway), await readAddress(worker)] as const;
  // The engine gives the lowest address that is free: who had the higher one has to come first.
  const hasLower = Number(before[0].split('.')[3]) < Number(before[1].split('.')[3]);
  const order = hasLower ? [worker, gateway] : [gateway, worker];
  await composition.docker('stop', '--time', '5', gateway, worker);
  for (const container of order) await composition.docker('start', container);
  expect([await readAddress(gateway), await readAddress(worker)]).toEqual(before.toReversed());
}

/** Clients that come now are spread over all gateways, which each of them tells. */
async function connectNewClients(nginx: string, gateways: readonly string[]): Promise<number> {
  const endpoint = `ws://${await findPort(nginx)}/ws`;
  const before = await Promise.all(gateways.map(countConnections));
  const clients = await Promise.all(Array.from({ length: 8 }, (_, n) => ChatClient.connect(endpoint, `late-${n}`)));
  const after = await Promise.all(gateways.map(countConnections));
  for (const { webSocket } of clients) webSocket.close();
  return Math.min(...after.map((count, at) => count - before[at]!));
}

test('a composition behind nginx loses nothing while a worker dies and two containers swap their addresses', {
  timeout: PATIENCE_MS,
}, async () => {
  writeFileSync(join(composition.directory, 'containers.yaml'), SCENARIO);
  const size = ['--gateways', '2', '--workers', '2', '--balance', 'round-robin'];
  const run = composition.chatbench('run', 'containers.yaml', '--target', 'compose', ...size, '--json');
  await run.sees('measure');
  const project = await composition.findProject();
  const containers = await composition.findContainers(project);
  const find = (name: string) => containers.get(name) ?? `no ${name}`;
  await swapAddresses(find('gateway-2'), find('worker-2'));
  const gateways = [find('gateway-1'), find('gateway-2')];
  // The gateway is found at its new address, and the worker at its old one is left alone.
  await expect
    .poll(() => connectNewClients(find('nginx-1'), gateways).catch(() => 0), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(2);
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
  if (composition.engine.own !== null) expect(versions.redis).not.toBe('7.4.5');

  expect(await composition.findContainers(project)).toEqual(new Map());
  expect(await composition.docker('network', 'ls', '--quiet', '--filter', `name=${project}`)).toBe('');
});

test('the engine of a test leaves nothing behind', { timeout: PATIENCE_MS }, async (context) => {
  const { own } = composition.engine;
  if (own === null) return context.skip('the engine is the user’s');
  const { folder, bridgePrefix, controlGroup } = own;
  expect(existsSync(folder)).toBe(true);
  await composition.stop();
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync('/sys/class/net').filter((name) => name.startsWith(bridgePrefix))).toEqual([]);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
  expect(await runProgram('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', controlGroup.slice(1)])).toBe('');
  expect(listCommands().filter((command) => command.includes(folder))).toEqual([]);
});
