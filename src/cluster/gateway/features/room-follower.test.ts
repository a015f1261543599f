import { beforeEach, expect, test } from 'vitest';
import { skipWaits } from '../../../testing/skip-waits.ts';
import type { MessageHistory, StoredMessage } from '../../ports/message-store.ts';
import { encodeMessage } from '../../wire/server-frame.ts';
import type { BurstWriter } from '../burst-writer.ts';
import type { Connection } from '../connection.ts';
import { RoomFollower } from './room-follower.ts';

skipWaits();

let stored: StoredMessage[];
let written: number[];
let readings: number;
let gaps: number;
/** Called at the end of each reading, after its page is taken. */
let afterReading: () => Promise<void> | void;

beforeEach(() => {
  stored = [];
  written = [];
  readings = 0;
  gaps = 0;
  afterReading = () => {};
});

const history: MessageHistory = {
  async history(_, after, limit) {
    readings++;
    const page = stored.filter(({ seq }) => seq > after).slice(0, limit);
    await afterReading();
    return page;
  },
  lastSequences: async (rooms) => rooms.map(() => stored.length),
};

function follow(after: number): RoomFollower {
  const connection = { webSocket: { readyState: 1, bufferedAmount: 0 } } as unknown as Connection;
  const writer = {
    write(_: unknown, frame: string | Buffer) {
      written.push(JSON.parse(frame.toString()).seq);
      return true;
    },
  } as unknown as BurstWriter;
  return new RoomFollower('r', connection, after, { history, writer, onGap: () => void gaps++ });
}

function store(...numbers: number[]): void {
  for (const seq of numbers) stored.push({ id: `m${seq}`, seq, from: 'ann', at: 1, body: '' });
}

function live(seq: number): [number, Buffer] {
  return [seq, Buffer.from(encodeMessage(`m${seq}`, 'r', seq, 'ann', 1, '""'))];
}

test('what comes live while the history is read follows it, each message once', async () => {
  store(1, 2, 3);
  const follower = follow(1);
  afterReading = () => {
    afterReading = () => {};
    for (const seq of [3, 4, 4, 5]) follower.offer(...live(seq));
  };
  await follower.catchUp();
  follower.offer(...live(5));
  follower.offer(...live(6));
  expect(written).toEqual([2, 3, 4, 5, 6]);
  follower.stop();
});

test('a history of many pages comes whole', async () => {
  store(...Array.from({ length: 250 }, (_, n) => n + 1));
  const follower = follow(0);
  await follower.catchUp();
  expect(written).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
  expect(follower.after).toBe(250);
  follower.stop();
});

test('a live message that leaves a gap waits until the gap is filled', async () => {
  const follower = follow(0);
  await follower.catchUp();
  store(1, 2, 3, 4);
  follower.offer(...live(1));
  expect(follower.offer(...live(4))).toBe(false);
  await expect.poll(() => written).toEqual([1, 2, 3, 4]);
  expect(follower.offer(...live(5))).toBe(true);
  follower.stop();
});

test('a message that is delivered before it is stored is waited for', async () => {
  const follower = follow(0);
  afterReading = () => {
    if (readings === 1) follower.offer(...live(3));
    if (readings === 3) store(1, 2, 3);
  };
  await follower.catchUp();
  expect(written).toEqual([1, 2, 3]);
  follower.stop();
});

test('a message that nobody has any more holds nothing back', async () => {
  const follower = follow(0);
  afterReading = () => {
    if (readings === 1) follower.offer(...live(7));
  };
  await follower.catchUp();
  expect(written).toEqual([7]);
  follower.stop();
});

test('a message that was stored after the history was read, and that no later one follows, is found', async () => {
  store(1);
  const follower = follow(0);
  await follower.catchUp();
  store(2);
  await expect.poll(() => written, { timeout: 5_000 }).toEqual([1, 2]);
  follower.stop();
});

test('more live messages than are held come from the history', async () => {
  const follower = follow(0);
  afterReading = () => {
    if (readings > 1) return;
    for (let seq = 1; seq <= 450; seq++) {
      store(seq);
      follower.offer(...live(seq));
    }
  };
  await follower.catchUp();
  expect(written).toEqual(Array.from({ length: 450 }, (_, n) => n + 1));
  follower.stop();
});

test("the connection's own messages leave no gap and are not sent back", async () => {
  store(1);
  const follower = follow(1);
  await follower.catchUp();
  follower.offer(2, null);
  expect(follower.offer(...live(3))).toBe(true);
  expect(written).toEqual([3]);
  expect(readings).toBe(1);
  follower.stop();
});

test('a history that cannot be read is reported, and live messages pass', async () => {
  const follower = follow(0);
  afterReading = () => Promise.reject(new Error('connection reset'));
  await expect(follower.catchUp()).rejects.toThrow('connection reset');
  expect(follower.offer(...live(1))).toBe(true);
  follower.stop();
});

test('a reading that fails is made again before a gap is given up', async () => {
  const follower = follow(0);
  await follower.catchUp();
  store(1, 2, 3);
  afterReading = () => {
    if (readings < 4) throw new Error('terminating connection due to administrator command');
  };
  follower.offer(...live(3));
  await expect.poll(() => written, { timeout: 5_000 }).toEqual([1, 2, 3]);
  expect(gaps).toBe(0);
  follower.stop();
});

test('a gap whose history cannot be read for long is told, once, and what comes passes', async () => {
  const follower = follow(0);
  await follower.catchUp();
  store(1, 2, 3);
  afterReading = () => Promise.reject(new Error('connection refused'));
  follower.offer(...live(3));
  await expect.poll(() => gaps, { timeout: 5_000 }).toBe(1);
  expect(written).toEqual([3]);
  follower.stop();
});
