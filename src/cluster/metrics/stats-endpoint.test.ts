import { afterEach, expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { openStatsEndpoint, type StatsEndpoint, type StatsSources } from './stats-endpoint.ts';

let endpoint: StatsEndpoint;

afterEach(() => endpoint.close());

async function get(path: string, sources: Partial<StatsSources>): Promise<{ status: number; body: string }> {
  const readStats = () => ({ connections: 5 });
  endpoint = await openStatsEndpoint({ host: '127.0.0.1', port: 0 }, { readStats, ...sources });
  const response = await fetch(endpoint.stats.replace('/stats', path));
  return { status: response.status, body: await response.text() };
}

const up = { name: 'redis', ping: async () => 'PONG' };
const down = { name: 'rabbitmq', ping: () => Promise.reject(new Error('not connected')) };
const silent = { name: 'postgres', ping: () => new Promise(() => {}) };

test('it is ready while every broker answers', async () => {
  const { status, body } = await get('/health', { brokers: [up] });
  expect([status, JSON.parse(body)]).toEqual([200, { status: 'ready', silent: [] }]);
});

test('it stays ready while one refuses or is silent, which is so for all, and says which', async () => {
  const { status, body } = await get('/health', { brokers: [silent, up, down] });
  expect([status, JSON.parse(body)]).toEqual([200, { status: 'ready', silent: ['postgres', 'rabbitmq'] }]);
});

test('it is not ready while something else is amiss, in words', async () => {
  const { status, body } = await get('/health', { brokers: [up], troubles: () => ['not registered'] });
  const expected = { status: 'unavailable', silent: [], troubles: ['not registered'] };
  expect([status, JSON.parse(body)]).toEqual([503, expected]);
});

test('what follows from a silent broker is no reason, a drain always is', async () => {
  const brokers = [silent, up];
  expect((await get('/health', { brokers, troubles: () => ['not registered'] })).status).toBe(200);
  await endpoint.close();
  expect((await get('/health', { brokers, troubles: () => ['draining'] })).status).toBe(503);
});

test('it is alive whatever the brokers do', async () => {
  expect(await get('/healthz', { brokers: [down] })).toEqual({ status: 200, body: 'ok' });
});

test('the same figures are told as JSON and to Prometheus', async () => {
  expect(JSON.parse((await get('/stats', {})).body)).toEqual({ connections: 5 });
  await endpoint.close();
  const { body } = await get('/metrics', { metrics: createMetrics(() => ({ connections: 5 })) });
  expect(body).toMatch(/^websocket_connections 5$/m);
});

test('any other path is answered with what there is', async () => {
  expect(await get('/', {})).toEqual({ status: 404, body: 'expected /stats, /metrics, /health or /healthz' });
});
