import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type EmbeddedCluster, startEmbeddedCluster } from '../embedded/embedded-cluster.ts';
import { FIGURES } from './figures.ts';

const FILE = new URL('../../../deploy/compose/grafana/chat.json', import.meta.url);
const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })).min(10),
});

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startEmbeddedCluster({ gateways: 1, workers: 1 });
});
afterAll(() => cluster.stop());

async function scrape(stats: readonly string[]): Promise<Set<string>> {
  const texts = await Promise.all(stats.map((address) => fetch(address.replace('/stats', '/metrics'))));
  const bodies = await Promise.all(texts.map((response) => response.text()));
  return new Set(bodies.flatMap((body) => [...body.matchAll(/^(\w+)(?:\{.*\})? /gm)].map(([, name]) => name ?? '')));
}

test('the dashboard shows nothing that gateways, workers and RabbitMQ do not tell', async () => {
  const told = await scrape([...cluster.gatewayStats, ...cluster.workerStats]);
  const { panels } = dashboard.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  const shown = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\w+_\w+(?=[[,) ]|$)/g) ?? []),
  );
  const ours = shown.filter((name) => name !== 'histogram_quantile' && !name.startsWith('rabbitmq_queue_messages'));
  expect(new Set(ours).size).toBeGreaterThan(15);
  expect(ours.filter((name) => !told.has(name))).toEqual([]);
});

test('gateways and workers together tell every figure that has a name', async () => {
  const told = await scrape([...cluster.gatewayStats, ...cluster.workerStats]);
  const missing = Object.values(FIGURES).filter(({ name }) => !told.has(name));
  // Other topologies bring their parcels another way, and in one process nobody has to remember what memory holds.
  const { routeCacheHits, routeCacheMisses, routeCacheBehind, busMessages, renumbered } = FIGURES;
  expect(missing).toEqual([renumbered, busMessages, routeCacheHits, routeCacheMisses, routeCacheBehind]);
});
