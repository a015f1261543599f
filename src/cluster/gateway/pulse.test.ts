import { afterEach, expect, test } from 'vitest';
import { pause } from '../../clock.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { PULSE, Pulse, type PulseSettings } from './pulse.ts';

const SECOND_US = 1_000_000;
let pulse: Pulse;

afterEach(() => pulse.stop());

function setUp(settings?: PulseSettings) {
  const clock = new VirtualClock();
  pulse = new Pulse(clock, settings);
  const at = () => clock.nowUs() / SECOND_US;
  /** `answers`: it sends a pong to each ping, until it is cut off. */
  const connect = (answers = true) => {
    const seen = { pings: [] as number[], endedAt: null as number | null, isCutOff: !answers };
    const socket = { bytesRead: 100 };
    const webSocket = {
      readyState: 1 as const,
      isPaused: false,
      ping() {
        seen.pings.push(at());
        if (!seen.isCutOff) clock.after(200_000, () => (socket.bytesRead += 6));
      },
      terminate() {
        seen.endedAt = at();
        forget();
      },
    };
    const forget = pulse.add({ webSocket, socket });
    return { seen, socket, webSocket, forget };
  };
  return { clock, connect, pass: (seconds: number) => clock.runUntil(pause(clock, seconds * SECOND_US)) };
}

test('a client that answers stays, and is pinged every 25 s', async () => {
  const { connect, pass } = setUp();
  const { seen } = connect();
  await pass(300);
  expect(seen.endedAt).toBeNull();
  expect(seen.pings.length).toBeGreaterThanOrEqual(11);
  for (const [i, at] of seen.pings.slice(1).entries()) expect(at - seen.pings[i]!).toBeCloseTo(25, 3);
});

test('a client that is cut off, at whatever moment, is gone within 35 s and not before 10', async () => {
  const { connect, pass } = setUp();
  const clients = Array.from({ length: 60 }, () => connect());
  await pass(100);
  for (const { seen } of clients) seen.isCutOff = true;
  await pass(9.9);
  expect(clients.filter(({ seen }) => seen.endedAt !== null)).toEqual([]);
  await pass(25.2);
  expect(clients.filter(({ seen }) => seen.endedAt === null)).toEqual([]);
  expect(pulse.closed).toBe(60);
});

test('one that sends something else after the ping lives, whether or not it answers pings', async () => {
  const { clock, connect, pass } = setUp();
  const { seen, socket } = connect(false);
  const chat = () => {
    socket.bytesRead += 30;
    clock.after(8 * SECOND_US, chat);
  };
  chat();
  await pass(200);
  expect(seen.endedAt).toBeNull();
});

test('clients are pinged in turn, not all at once', async () => {
  const { connect, pass } = setUp();
  const clients = Array.from({ length: 500 }, () => connect());
  await pass(25);
  const times = Map.groupBy(
    clients.map(({ seen }) => seen.pings[0]!),
    (at) => at,
  );
  expect(Math.max(...[...times.values()].map(({ length }) => length))).toBeLessThanOrEqual(20 * 2);
});

test('a process that stood still does not take what it has not read yet for silence', async () => {
  const { clock, connect, pass } = setUp();
  const { seen } = connect();
  await pass(60);
  clock.block(40 * SECOND_US);
  await pass(60);
  expect(seen.endedAt).toBeNull();
});

test('a client that the gateway reads no further is not judged until it is read again', async () => {
  const { connect, pass } = setUp();
  const { seen, webSocket } = connect(false);
  webSocket.isPaused = true;
  await pass(120);
  expect(seen.endedAt).toBeNull();
  webSocket.isPaused = false;
  await pass(11);
  expect(seen.endedAt).not.toBeNull();
});

test('a connection that is closed is neither pinged nor ended', async () => {
  const { connect, pass } = setUp();
  const { seen, forget } = connect(false);
  await pass(5);
  forget();
  const pings = seen.pings.length;
  await pass(100);
  expect([seen.endedAt, seen.pings.length]).toEqual([null, pings]);
});

test.each([
  { everyMs: 500, timeoutMs: 100 },
  { everyMs: 5_000, timeoutMs: 20_000 },
  { everyMs: 60_000, timeoutMs: 3_000 },
])('with other settings ($everyMs ms, $timeoutMs ms) it is gone within their sum', async (settings) => {
  const { connect, pass } = setUp(settings);
  const [alive, dead] = [connect(), connect(false)];
  const sum = (settings.everyMs + settings.timeoutMs) / 1_000;
  await pass(sum * 1.1);
  expect(dead.seen.endedAt).toBeLessThanOrEqual(sum * 1.1);
  expect(dead.seen.endedAt).toBeGreaterThanOrEqual(settings.timeoutMs / 1_000 - 0.001);
  if (settings.timeoutMs > 200) expect(alive.seen.endedAt).toBeNull();
});

test('what is promised is what is set', () => {
  pulse = new Pulse(new VirtualClock());
  expect(PULSE.everyMs + PULSE.timeoutMs).toBe(35_000);
});
