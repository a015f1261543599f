import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type CompositionFixture, openComposition } from '../../testing/containers/composition-fixture.ts';

const PATIENCE_MS = 900_000;
const summary = z.object({
  thresholds: z.array(z.object({ expression: z.string(), ok: z.boolean().nullable() })),
  faults: z.array(z.object({ failure: z.string().nullable() })),
});

let composition: CompositionFixture;

beforeAll(async () => {
  composition = await openComposition();
}, PATIENCE_MS);

afterAll(() => composition?.stop());

test('the whole of failover holds in containers', { timeout: PATIENCE_MS }, async () => {
  // As it comes, but with patience: how long a broker takes to start again is for a machine that has time.
  const text = readFileSync(new URL('../../../scenarios/failover.yaml', import.meta.url), 'utf8')
    .replace('drain: 20s', 'drain: 240s')
    .replace('delivery: 30s', 'delivery: 240s')
    .replace('queue.drain < 15s', 'queue.drain < 240s');
  writeFileSync(join(composition.directory, 'failover.yaml'), text);
  const run = composition.chatbench('run', 'failover.yaml', '--target', 'compose', '--json');
  expect([0, 5], run.stderr()).toContain(await run.ended);
  const { faults, thresholds } = summary.parse(JSON.parse(run.stdout()));
  expect(faults.map(({ failure }) => failure)).toEqual(Array.from({ length: 6 }, () => null));
  expect(
    thresholds.filter(({ ok }) => ok !== true),
    run.stdout(),
  ).toEqual([]);
});

test('by hand it comes up twice, with another password, and shows none to who lists processes', {
  timeout: PATIENCE_MS,
}, async () => {
  const services = ['redis', 'rabbitmq', 'postgres', 'gateway', 'worker', 'nginx'];
  try {
    for (const CHATBENCH_PASSWORD of ['f0e1d2c3b4', 'a5b6c7d8e9']) {
      await composition.compose('by-hand', { CHATBENCH_PASSWORD }, 'up', '--detach', '--build', '--wait', ...services);
      const containers = await composition.findContainers('by-hand');
      expect([...containers.keys()].sort()).toEqual([
        'gateway-1',
        'gateway-2',
        'nginx-1',
        'postgres-1',
        'rabbitmq-1',
        'redis-1',
        'worker-1',
        'worker-2',
      ]);
      for (const container of containers.values()) {
        expect(await composition.docker('top', container, '-eo', 'pid,args')).not.toContain(CHATBENCH_PASSWORD);
      }
    }
  } finally {
    await composition.compose('by-hand', { CHATBENCH_PASSWORD: 'any' }, 'down', '--volumes', '--timeout', '3');
  }
});

test('a broker that is away while nodes start is waited for', { timeout: PATIENCE_MS }, async () => {
  const variables = { CHATBENCH_PASSWORD: '0123456789' };
  try {
    await composition.compose('away', variables, 'up', '--detach', '--wait', 'gateway', 'worker', 'rabbitmq');
    const containers = await composition.findContainers('away');
    const [rabbitmq, ...nodes] = ['rabbitmq-1', 'gateway-1', 'worker-1'].map((name) => containers.get(name) ?? '');
    await composition.docker('stop', rabbitmq!);
    await composition.docker('restart', ...nodes);
    await composition.docker('start', rabbitmq!);
    for (const node of nodes) {
      const state = () => composition.docker('inspect', '--format', '{{.State.Status}} {{.State.Health.Status}}', node);
      await expect.poll(state, { timeout: 120_000, interval: 500 }).toBe('running healthy');
      expect(await composition.docker('logs', node).catch(() => '')).not.toContain('Error');
    }
  } finally {
    await composition.compose('away', variables, 'down', '--volumes', '--timeout', '3');
  }
});
