import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomBelow } from '../../random.ts';
import { createGatherSchedule, LONGEST_GATHER_MS } from './gather-schedule.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const PARTITIONS = 16;

/**
 * Messages come evenly, so many each ms, to partitions by chance, for so long. Yields what each envelope of the second half
 * held, and how long its first message had waited.
 */
function run({ perMs, partitions, ms }: { perMs: number; partitions: number; ms: number }) {
  const schedule = createGatherSchedule(PARTITIONS);
  const gathering = new Array<number>(PARTITIONS).fill(0);
  const envelopes: { atMs: number; messages: number; waitedMs: number }[] = [];
  const beganAt = performance.now();
  let sent = 0;
  for (let now = 0; now < ms; now++) {
    for (; sent < (now + 1) * perMs; sent++) {
      const partition = randomBelow(7, 0, sent, partitions);
      const openedAt = performance.now();
      if (gathering[partition]!++ > 0) continue;
      schedule.begin(partition, () => {
        const messages = gathering[partition]!;
        gathering[partition] = 0;
        envelopes.push({ atMs: performance.now() - beganAt, messages, waitedMs: performance.now() - openedAt });
        return messages;
      });
    }
    vi.advanceTimersByTime(1);
  }
  return envelopes.filter(({ atMs }) => atMs >= ms / 2);
}

test('after a pause an envelope closes with the turn of the event loop', () => {
  const schedule = createGatherSchedule(2);
  const close = vi.fn(() => 1);
  schedule.begin(0, close);
  expect(close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0);
  expect(close).toHaveBeenCalledOnce();
});

test('up to a thousand messages a second none waits, over one partition or all', () => {
  for (const partitions of [1, PARTITIONS]) {
    const envelopes = run({ perMs: 1, partitions, ms: 400 });
    expect(envelopes.every(({ messages, waitedMs }) => messages === 1 && waitedMs < 1)).toBe(true);
    expect(envelopes.length).toBeGreaterThan(180);
  }
});

test('above that it is a thousand envelopes a second, or half as many again, however many messages come', () => {
  for (const perMs of [2, 6, 25]) {
    const ms = 1_600;
    const envelopes = run({ perMs, partitions: PARTITIONS, ms });
    const perEnvelope = envelopes.reduce((sum, { messages }) => sum + messages, 0) / envelopes.length;
    expect(envelopes.length / (ms / 2)).toBeGreaterThan(0.7);
    expect(envelopes.length / (ms / 2)).toBeLessThan(1.6);
    expect(perEnvelope).toBeGreaterThan(perMs / 1.6);
    expect(Math.max(...envelopes.map(({ waitedMs }) => waitedMs))).toBeLessThanOrEqual(LONGEST_GATHER_MS + 1);
  }
});

test('a single room that is busy does not wait for partitions that nobody uses', () => {
  const envelopes = run({ perMs: 6, partitions: 1, ms: 400 });
  expect(Math.max(...envelopes.map(({ waitedMs }) => waitedMs))).toBeLessThanOrEqual(2);
});

test('when many have come and only few come any more, they wait no longer', () => {
  const schedule = createGatherSchedule(PARTITIONS);
  const send = (partition: number, messages: number) => {
    const close = vi.fn(() => messages);
    schedule.begin(partition, close);
    return close;
  };
  for (let n = 0; n < 100; n++) {
    send(n % PARTITIONS, 20);
    vi.advanceTimersByTime(1);
  }
  send(0, 1);
  vi.advanceTimersByTime(100);
  send(0, 1);
  vi.advanceTimersByTime(5);
  const close = send(0, 1);
  vi.advanceTimersByTime(0);
  expect(close).toHaveBeenCalledOnce();
});
