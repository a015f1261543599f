import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { watchDeliveryAge } from './watch-delivery-age.ts';

test('figures are read when somebody scrapes, under the names that Prometheus knows them by', async () => {
  const figures: Record<string, number> = { connections: 3, pubsubMessages: 40 };
  const metrics = createMetrics(() => figures);
  expect(parse((await metrics.render()).text)).toMatchObject({
    websocket_connections: 3,
    redis_pubsub_messages_total: 40,
  });
  figures.connections = 2;
  figures.pubsubMessages = 41;
  const { text, contentType } = await metrics.render();
  expect(parse(text)).toMatchObject({ websocket_connections: 2, redis_pubsub_messages_total: 41 });
  expect(text).toContain('# TYPE websocket_connections gauge');
  expect(text).toContain('# TYPE redis_pubsub_messages_total counter');
  expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
});

test('a figure that comes later, and that nobody named, is exposed too', async () => {
  const figures: Record<string, number> = {};
  const metrics = createMetrics(() => figures);
  await metrics.render();
  figures.cacheHitsL2 = 7;
  expect(parse((await metrics.render()).text)).toMatchObject({ chat_cache_hits_l2: 7 });
});

test("the process's own figures stand beside them, in each of two registries of one process", async () => {
  for (const metrics of [createMetrics(() => ({})), createMetrics(() => ({}))]) {
    const read = parse((await metrics.render()).text);
    expect(read.process_resident_memory_bytes).toBeGreaterThan(1e6);
    expect(read.nodejs_eventloop_lag_seconds).toBeGreaterThanOrEqual(0);
  }
});

test('the age of a delivery is observed once per burst, of its first frame', async () => {
  const observed: number[] = [];
  const watch = watchDeliveryAge({ observe: (seconds) => observed.push(seconds) });
  const frame = (ageMs: number) =>
    Buffer.from(`{"t":"message","id":"m","room":"r","seq":1,"from":"u","at":${Date.now() - ageMs},"body":"at"}`);
  watch(frame(4_000));
  watch(frame(9_000));
  await new Promise((resolve) => setImmediate(resolve));
  watch(frame(60_000));
  expect(observed).toHaveLength(2);
  expect(observed[0]).toBeGreaterThanOrEqual(4);
  expect(observed[0]).toBeLessThan(9);
  expect(observed[1]).toBeGreaterThanOrEqual(60);
});

test('a frame that tells no time is not observed', () => {
  const observed: number[] = [];
  const watch = watchDeliveryAge({ observe: (seconds) => observed.push(seconds) });
  watch(Buffer.from('{"t":"typing","room":"r","user":"u"}'));
  expect(observed).toEqual([]);
});

/** Samples without labels, by name. */
function parse(text: string): Record<string, number> {
  const samples = [...text.matchAll(/^(\w+) (\S+)$/gm)];
  return Object.fromEntries(samples.map(([, name, value]) => [name, Number(value)]));
}
