import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Histogram } from '../../record/histogram.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { gatherLiveMetrics } from '../live-metrics.ts';
import { openOtlpPush } from './push-otlp.ts';

let collector: Server;
afterEach(() => collector?.close());

async function startCollector(status: number) {
  const received: { path: string; type: string; body: string }[] = [];
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body });
      response.writeHead(status).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  return { endpoint: new URL(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`), received };
}

function someMetrics() {
  const metrics = gatherLiveMetrics({ run: 'k3f9', scenario: 'burst', target: 'local' });
  const histogram = new Histogram();
  histogram.record(7_000);
  metrics.observe(LIVE_UPDATE, histogram.drain());
  return metrics;
}

it('pushes the metrics as OTLP in JSON, the last time at the end', async () => {
  const { endpoint, received } = await startCollector(200);
  const failures: string[] = [];
  const push = openOtlpPush({
    endpoint,
    version: '0.1.0',
    listMetrics: someMetrics().list,
    onFailure: (reason) => failures.push(reason),
  });
  push.push();
  await push.close();
  expect(failures).toEqual([]);
  expect(received.map(({ path, type }) => [path, type])).toEqual([
    ['/v1/metrics', 'application/json'],
    ['/v1/metrics', 'application/json'],
  ]);
  const { resourceMetrics } = JSON.parse(received.at(-1)?.body ?? '{}');
  const { metrics } = resourceMetrics[0].scopeMetrics[0];
  const named = (name: string) => metrics.find((metric: { name: string }) => metric.name === name);
  expect(named('chatbench.messages_sent').sum).toMatchObject({
    aggregationTemporality: 2,
    isMonotonic: true,
    dataPoints: [{ asDouble: 14_400, timeUnixNano: expect.stringMatching(/^\d{19}$/) }],
  });
  const [point] = named('chatbench.delivery_latency_seconds').histogram.dataPoints;
  expect(point.bucketCounts.length).toBe(point.explicitBounds.length + 1);
  expect(point).toMatchObject({ count: '1', sum: expect.closeTo(0.007) });
});

it('tells of a collector that refuses once, and throws nothing', async () => {
  const { endpoint } = await startCollector(503);
  const failures: string[] = [];
  const push = openOtlpPush({
    endpoint,
    version: '0.1.0',
    listMetrics: () => [],
    onFailure: (why) => failures.push(why),
  });
  push.push();
  await push.close();
  expect(failures).toEqual([`metrics cannot be pushed to ${endpoint.origin}: status 503`]);
});

it('tells of a collector that is away', async () => {
  const { endpoint } = await startCollector(200);
  await new Promise((resolve) => collector.close(resolve));
  const failures: string[] = [];
  const push = openOtlpPush({
    endpoint,
    version: '0.1.0',
    listMetrics: () => [],
    onFailure: (why) => failures.push(why),
  });
  await push.close();
  expect(failures).toEqual([expect.stringMatching(/: ECONNREFUSED$/)]);
});
