import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchTarget } from '../launch/launch-target.ts';
import type { RunningTarget } from '../launch/running-target.ts';
import { ChatClient } from '../testing/chat-client.ts';
import { encodeSend } from './wire/client-frame.ts';

const PAIRS = 20;
const EACH_PER_SECOND = 10;
const SECONDS = 5;

/** What a flooder sends as fast as it can, 3 KB each. */
const BODY = 'x'.repeat(3 * 1024);
/** A frame is one unit, and each KiB of it another. */
const FLOODED_PER_SECOND = 5_000 / 4;

/** A machine that is busy with other things has quiet times in which p99 is this, ms. */
const BUSY_MACHINE_MS = 400;

let target: RunningTarget;

beforeAll(async () => {
  target = await launchTarget({ kind: 'local', topology: 'worker', gateways: 1, workers: 1 }, { attach: false });
});

afterAll(() => target?.stop());

interface Pair {
  readonly sender: ChatClient;
  readonly recipient: ChatClient;
  readonly room: string;
}

async function connectPair(room: string): Promise<Pair> {
  const [sender, recipient] = await Promise.all(
    ['a', 'b'].map((its) => ChatClient.connect(target.endpoints[0]!, `${its}-${room}`)),
  );
  await Promise.all([sender!.join(room), recipient!.join(room)]);
  return { sender: sender!, recipient: recipient!, room };
}

/** Everybody talks for some seconds; yields the latencies of all messages, ms, ascending. */
async function talk(pairs: readonly Pair[], name: string): Promise<readonly number[]> {
  const latencies: number[] = [];
  const hear = (data: Buffer): void => {
    const { t, body } = JSON.parse(data.toString()) as { t: string; body: string };
    if (t === 'message') latencies.push(performance.now() - Number(body));
  };
  for (const { recipient } of pairs) recipient.webSocket.on('message', hear);
  let sent = 0;
  for (let n = 0; n < SECONDS * EACH_PER_SECOND; n++) {
    for (const { sender, room } of pairs) {
      sender.send(`${name}-${sent++}`, room, String(performance.now()));
      await wait(1_000 / EACH_PER_SECOND / pairs.length);
    }
  }
  await expect.poll(() => latencies.length).toBe(sent);
  for (const { recipient } of pairs) recipient.webSocket.off('message', hear);
  return latencies.toSorted((one, other) => one - other);
}

const p99 = (latencies: readonly number[]): number => latencies[Math.floor(latencies.length * 0.99)]!;

test('who floods a room gets a share and no more, and other rooms hardly notice', async () => {
  const pairs = await Promise.all(Array.from({ length: PAIRS }, (_, n) => connectPair(`room-${n}`)));
  await talk(pairs, 'first');
  const quiet = await talk(pairs, 'quiet');
  const flood = await connectPair('flooded');
  const { webSocket } = flood.sender;
  let isOver = false;
  const flooding = (async () => {
    for (let n = 0; !isOver; ) {
      for (let burst = 0; burst < 100; burst++) webSocket.send(encodeSend(`f${n++}`, 'flooded', BODY));
      // 30,000 a second, if it is let.
      await wait(3);
      while (webSocket.bufferedAmount > 1024 * 1024 && !isOver) await wait(1);
    }
  })();
  const beganAt = performance.now();
  const flooded = await talk(pairs, 'flooded');
  const taken = flood.recipient.messages.items.length;
  const seconds = (performance.now() - beganAt) / 1_000;
  isOver = true;
  await flooding;
  const figures = `p99 quiet ${p99(quiet).toFixed(1)} ms, flooded ${p99(flooded).toFixed(1)} ms`;
  // Besides its share, a burst and a debt of a fifth of a second each.
  expect(taken).toBeLessThan(FLOODED_PER_SECOND * (seconds + 0.5));
  expect(taken).toBeGreaterThan(0);
  expect(p99(flooded), `${figures}, flooder ${Math.round(taken / seconds)}/s`).toBeLessThan(
    3 * Math.max(p99(quiet), BUSY_MACHINE_MS / 3),
  );
  await Promise.all([...pairs, flood].flatMap(({ sender, recipient }) => [sender.close(), recipient.close()]));
});
