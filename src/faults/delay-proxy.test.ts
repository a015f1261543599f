import { EventEmitter } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { DelayedLink } from './delayed-link.ts';
import { proxyEndpoints } from './proxied-endpoints.ts';

const MS = 1000;

/** Sends numbered chunks at their times over a link whose delay follows a function of time; yields [chunk, arrival in ms]. */
async function carry(sends: readonly number[], delayAt: (ms: number) => number): Promise<[string, number][]> {
  const clock = new VirtualClock();
  const from = Object.assign(new EventEmitter(), { pause() {}, resume() {} }) as unknown as Socket;
  const arrived: [string, number][] = [];
  const to = {
    write: (chunk: Buffer) => arrived.push([chunk.toString(), clock.nowUs() / MS]) > 0,
    end: () => arrived.push(['end', clock.nowUs() / MS]),
  } as unknown as Socket;
  new DelayedLink(from, to, clock, () => delayAt(clock.nowUs() / MS) * MS);
  for (const [index, ms] of sends.entries()) clock.after(ms * MS, () => from.emit('data', Buffer.from(`${index}`)));
  clock.after((sends.at(-1)! + 1) * MS, () => from.emit('end'));
  await clock.runUntil(new Promise<void>((resolve) => clock.after(10_000 * MS, resolve)));
  return arrived;
}

describe('a delayed link', () => {
  test('adds its delay, and nothing without one', async () => {
    expect(await carry([0, 5], () => 100)).toEqual([
      ['0', 100],
      ['1', 105],
      ['end', 106],
    ]);
    expect(await carry([0, 5], () => 0)).toEqual([
      ['0', 0],
      ['1', 5],
      ['end', 6],
    ]);
  });

  test('keeps the order when the delay gets shorter', async () => {
    expect(await carry([0, 5, 200], (ms) => (ms < 3 ? 100 : 0))).toEqual([
      ['0', 100],
      ['1', 100],
      ['2', 200],
      ['end', 201],
    ]);
  });
});

test('an endpoint behind a proxy answers as before', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const proxied = await proxyEndpoints([`ws://127.0.0.1:${port}/ws?x=1`]);
  try {
    const url = new URL(proxied.endpoints[0]!);
    expect(url.pathname + url.search).toBe('/ws?x=1');
    expect(Number(url.port)).not.toBe(port);
    const socket = connect(Number(url.port), '127.0.0.1');
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.write('hello');
    expect(await answer).toBe('hello');
    socket.destroy();
  } finally {
    proxied.close();
    server.close();
  }
});
