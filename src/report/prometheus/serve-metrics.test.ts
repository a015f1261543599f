import { afterEach, expect, it } from 'vitest';
import { ChatbenchError } from '../../errors.ts';
import { gatherLiveMetrics } from '../live-metrics.ts';
import { type MetricsServer, serveMetrics } from './serve-metrics.ts';

const metrics = gatherLiveMetrics({ run: 'k3f9', scenario: 'burst', target: 'embedded' });
let server: MetricsServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

it('serves /metrics, and nothing else, until it is closed', async () => {
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics.list);
  const answer = await fetch(server.url);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toContain('chatbench_run{run="k3f9",scenario="burst",target="embedded"} 1');
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

it('says in one line that the port is taken', async () => {
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics.list);
  const port = Number(new URL(server.url).port);
  const error = await serveMetrics({ host: '127.0.0.1', port }, metrics.list).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ChatbenchError);
  expect((error as ChatbenchError).message).toBe(`--prometheus 127.0.0.1:${port}: cannot listen there (EADDRINUSE)`);
});
