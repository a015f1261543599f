import { expect, it } from 'vitest';
import { FirstReading } from '../first-reading.ts';
import { observePrometheus } from './prometheus.ts';
import { sumSamples } from './prometheus-text.ts';

const TEXT = `# HELP conns Connections, conns{job="none"} 7 stands here only
# TYPE conns gauge
conns{job="ws",pod="a b"} 3
conns{job="ws",pod="c,}d\\"e\\n\\\\"} 4.5e1 1700000000000
conns { job = "http" , } 100
conns_total{job="ws"} 9
  conns{job="ws"} 1000
# TYPE load gauge
load 0.5
hist_bucket{le="+Inf"} 3
odd NaN
odd +Inf
jvm_memory_bytes{area="heap"} 1.5E+6
requests_total{a="1"} 12 # {trace_id="x"} 1.0
# EOF`;

it.each([
  ['conns', {}, 148],
  ['conns', { job: 'ws' }, 48],
  ['conns', { pod: 'c,}d"e\n\\' }, 45],
  ['conns', { job: 'http' }, 100],
  ['conns', { job: 'none' }, null],
  ['load', {}, 0.5],
  ['load', { job: 'ws' }, null],
  ['hist_bucket', { le: '+Inf' }, 3],
  ['odd', {}, null],
  ['jvm_memory_bytes', { area: 'heap' }, 1_500_000],
  ['requests_total', {}, 12],
  ['conn', {}, null],
  ['absent', {}, null],
])('%s with %j is %s', (metric, labels, sum) => {
  expect(sumSamples(TEXT, metric, labels as Record<string, string>)).toBe(sum);
});

it('reads a text with Windows line ends, and what is no metrics at all', () => {
  expect(sumSamples('load 2\r\nload{a="1"} 3\r\n', 'load', {})).toBe(5);
  expect(sumSamples('<html>load 2</html>', 'load', {})).toBeNull();
  expect(sumSamples('', 'load', {})).toBeNull();
});

it('tells a rate from two readings, also over a counter that began anew', async () => {
  const { createServer } = await import('node:http');
  const counts = [100, 130, 10];
  let nowUs = 0;
  const server = createServer((_, response) => response.end(`jobs_total ${counts.shift()}\n`)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/metrics`;
  const access = { kind: 'prometheus', url, metric: 'jobs_total', labels: {}, as: 'rate' } as const;
  const [observation] = observePrometheus('jobs', access, () => nowUs);
  await expect(observation!.read()).rejects.toThrow(FirstReading);
  nowUs = 2_000_000;
  expect(await observation!.read()).toBe(15);
  nowUs = 3_000_000;
  expect(await observation!.read()).toBe(10);
  await observation!.close();
  server.closeAllConnections();
  server.close();
});
