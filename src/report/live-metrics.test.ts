import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../record/histogram.ts';
import { LIVE_UPDATE } from '../testing/live-update-fixture.ts';
import { gatherLiveMetrics, type LiveMetric } from './live-metrics.ts';
import { renderPrometheus } from './prometheus/render-prometheus.ts';

const RUN = { run: 'k3f9', scenario: 'burst "quoted"', target: 'local' };

function secondOf(...latenciesMs: number[]) {
  const histogram = new Histogram();
  for (const ms of latenciesMs) histogram.record(ms * 1000);
  return histogram.drain();
}

function amountOf(metrics: readonly LiveMetric[], name: string): number | undefined {
  return metrics.find((metric) => metric.name === name)?.points[0]?.value;
}

describe('the metrics of a run under way', () => {
  it('add up second by second, in seconds and messages', () => {
    const metrics = gatherLiveMetrics(RUN);
    metrics.observe(LIVE_UPDATE, secondOf(1, 7, 7));
    metrics.observe({ ...LIVE_UPDATE, sent: 15_600 }, secondOf(20_000));
    const listed = metrics.list();
    expect(amountOf(listed, 'chatbench_messages_offered')).toBe(2400);
    expect(amountOf(listed, 'chatbench_messages_sent')).toBe(15_600);
    expect(amountOf(listed, 'chatbench_lateness_max_seconds')).toBeCloseTo(0.00112);
    const { distribution } = listed.find(({ kind }) => kind === 'histogram')!;
    expect(distribution).toMatchObject({ count: 4, counts: [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] });
    expect(distribution?.sum).toBeCloseTo(20.015, 2);
  });

  it('have no sample where there is no data', () => {
    const metrics = gatherLiveMetrics(RUN);
    expect(metrics.list().map(({ name }) => name)).toEqual(['chatbench_run']);
    metrics.observe({ ...LIVE_UPDATE, last: null, queueReady: null, queueInFlight: null }, secondOf());
    const names = metrics.list().map(({ name }) => name);
    expect(names).not.toContain('chatbench_queue_ready_messages');
    expect(names).not.toContain('chatbench_delivery_latency_last_second_seconds');
  });

  it("read as Prometheus' text format, labels escaped", async () => {
    const metrics = gatherLiveMetrics(RUN);
    metrics.observe(LIVE_UPDATE, secondOf(7));
    const lines = (await renderPrometheus(metrics.list())).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE chatbench_messages_sent_total counter',
        'chatbench_messages_sent_total 14400',
        'chatbench_run{run="k3f9",scenario="burst \\"quoted\\"",target="local"} 1',
        'chatbench_delivery_latency_last_second_seconds{quantile="0.95"} 0.007934',
        'chatbench_connections_opened{endpoint="ws://127.0.0.1:41873/ws"} 25',
        'chatbench_delivery_latency_seconds_bucket{le="0.005"} 0',
        'chatbench_delivery_latency_seconds_bucket{le="0.01"} 1',
        'chatbench_delivery_latency_seconds_bucket{le="+Inf"} 1',
        'chatbench_delivery_latency_seconds_count 1',
      ]),
    );
  });

  it('are all that the Grafana dashboard asks for', async () => {
    const metrics = gatherLiveMetrics(RUN);
    metrics.observe(LIVE_UPDATE, secondOf(7));
    const exposed = new Set((await renderPrometheus(metrics.list())).match(/^chatbench_\w+/gm));
    const dashboard = readFileSync(new URL('prometheus/grafana-dashboard.json', import.meta.url), 'utf8');
    const asked: string[] = JSON.parse(dashboard).panels.flatMap((panel: { targets: { expr: string }[] }) =>
      panel.targets.flatMap(({ expr }) => expr.match(/chatbench_\w+/g) ?? []),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !exposed.has(name))).toEqual([]);
  });
});
