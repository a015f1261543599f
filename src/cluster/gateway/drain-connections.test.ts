import { expect, test } from 'vitest';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { Connection } from './connection.ts';
import { drainConnections } from './drain-connections.ts';

function drain(count: number, overMs: number, random = () => 0.5) {
  const clock = new VirtualClock();
  const closes: { readonly atMs: number; readonly code: number; readonly reason: string }[] = [];
  const connections = new Set<Connection>();
  const open = () => {
    const webSocket = {
      readyState: 1,
      close(code: number, reason: string) {
        webSocket.readyState = 2;
        closes.push({ atMs: clock.nowUs() / 1_000, code, reason });
      },
    };
    connections.add({ webSocket } as unknown as Connection);
    return webSocket;
  };
  const opened = Array.from({ length: count }, open);
  let flushes = 0;
  const flush = () => void flushes++;
  const done = drainConnections({ connections, overMs, clock, random, flush });
  return { clock, closes, opened, open, run: () => clock.runUntil(done), flushes: () => flushes };
}

test('closes are spread evenly over the time', async () => {
  const { closes, run } = drain(5_000, 2_000);
  await run();
  expect(closes).toHaveLength(5_000);
  const bySecondTenth = new Map<number, number>();
  for (const { atMs } of closes) {
    const tenth = Math.floor(atMs / 200);
    bySecondTenth.set(tenth, (bySecondTenth.get(tenth) ?? 0) + 1);
  }
  expect([...bySecondTenth.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const count of bySecondTenth.values()) expect(Math.abs(count - 500)).toBeLessThan(20);
});

test('each client is told that the service restarts, and when to come back', async () => {
  const draws = [0, 0.31, 0.999];
  const { closes, run } = drain(3, 2_000, () => draws.shift()!);
  await run();
  expect(closes.map(({ code }) => code)).toEqual([1012, 1012, 1012]);
  expect(closes.map(({ reason }) => reason)).toEqual([
    'come back in 0 ms',
    'come back in 750 ms',
    'come back in 2000 ms',
  ]);
});

test('fewer clients than steps are spread, too, and one that goes by itself is not told', async () => {
  const { closes, opened, run } = drain(4, 1_000);
  opened[3]!.readyState = 3;
  await run();
  expect(closes).toHaveLength(3);
  expect(closes.at(-1)!.atMs).toBeLessThanOrEqual(1_000);
});

test('without time all are closed at once', async () => {
  const { closes, run } = drain(100, 0);
  await run();
  expect(closes.map(({ atMs }) => atMs)).toEqual(Array(100).fill(0));
});

test('without clients nothing is waited for', async () => {
  const { clock, run } = drain(0, 60_000);
  await run();
  expect(clock.nowUs()).toBe(0);
});
