import { EventEmitter } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { monotonicClock } from '../clock.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { DelayedLink } from './delayed-link.ts';
import { type DelayProxy, openDelayProxy } from './open-delay-proxy.ts';
import { proxyEndpoints } from './proxied-endpoints.ts';

const MS = 1000;

function createSource(): Socket {
  return Object.assign(new EventEmitter(), { pause() {}, resume() {} }) as unknown as Socket;
}

/** Sends numbered chunks at their times over a link whose delay follows a function of time; yields [chunk, arrival in ms]. */
async function carry(sends: readonly number[], delayAt: (ms: number) => number): Promise<[string, number][]> {
  const clock = new VirtualClock();
  const from = createSource();
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

  test('releases what falls due at once in the order in which it came', async () => {
    expect(await carry([0, 1, 2, 3, 4], (ms) => (ms < 2 ? 10 : 10 - ms))).toEqual([
      ['0', 10],
      ['1', 11],
      ['2', 11],
      ['3', 11],
      ['4', 11],
      ['end', 11],
    ]);
  });

  test('keeps the order on the clock of the system, whose timers of different lengths have none', async () => {
    const from = createSource();
    const arrived: number[] = [];
    let delayMs = 60;
    const ended = new Promise<void>((resolve) => {
      const to = { write: (chunk: Buffer) => arrived.push(Number(chunk)) > 0, end: resolve } as unknown as Socket;
      new DelayedLink(from, to, monotonicClock, () => delayMs * MS);
    });
    const sent = Array.from({ length: 40 }, (_, index) => index);
    for (const index of sent) {
      if (index === 20) delayMs = 0;
      from.emit('data', Buffer.from(`${index}`));
      await sleep(3);
    }
    from.emit('end');
    await ended;
    expect(arrived).toEqual(sent);
  });

  test('holds its sender back while too much is under way', async () => {
    const clock = new VirtualClock();
    let isHeld = false;
    const from = Object.assign(createSource(), { pause: () => (isHeld = true), resume: () => (isHeld = false) });
    new DelayedLink(from as unknown as Socket, { write: () => true } as unknown as Socket, clock, () => 100 * MS);
    for (let chunk = 0; chunk < 16; chunk++) from.emit('data', Buffer.alloc(65_536));
    expect(isHeld).toBe(false);
    from.emit('data', Buffer.alloc(1));
    expect(isHeld).toBe(true);
    await clock.runUntil(new Promise<void>((resolve) => clock.after(101 * MS, resolve)));
    expect(isHeld).toBe(false);
  });
});

describe('a proxy that delays', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A server, and a proxy before it. */
  async function open(serve: (socket: Socket) => void): Promise<DelayProxy> {
    const server = createServer({ allowHalfOpen: true }, serve);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const proxy = await openDelayProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    ends.push(proxy.close);
    return proxy;
  }

  async function readAll(socket: Socket): Promise<string> {
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  }

  test('lets through what its client said before it left', async () => {
    const heard = Promise.withResolvers<string>();
    const proxy = await open((socket) => heard.resolve(readAll(socket).finally(() => socket.end())));
    proxy.setDelay(50 * MS);
    const socket = connect(proxy.port, '127.0.0.1');
    socket.end('last words');
    expect(await heard.promise).toBe('last words');
  });

  test('lets through what its server said before it left', async () => {
    const proxy = await open((socket) => void socket.resume().end('last words'));
    proxy.setDelay(50 * MS);
    expect(await readAll(connect(proxy.port, '127.0.0.1'))).toBe('last words');
  });

  test('lets an answer through to a client that has nothing more to say', async () => {
    const proxy = await open((socket) => void readAll(socket).then((question) => socket.end(`${question}? yes`)));
    proxy.setDelay(20 * MS);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('heard');
    expect(await readAll(socket)).toBe('heard? yes');
  });

  test('ends both sides when one breaks off', async () => {
    const gone = Promise.withResolvers<void>();
    const proxy = await open(
      (socket) =>
        void socket
          .on('error', () => {})
          .on('close', () => gone.resolve())
          .end()
          .resume(),
    );
    proxy.setDelay(20 * MS);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.once('connect', () => socket.resetAndDestroy());
    await gone.promise;
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
