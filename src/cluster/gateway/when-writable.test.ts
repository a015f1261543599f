import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';
import { whenWritable } from './when-writable.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection with 300 kB in its socket. */
function open() {
  const socket = Object.assign(new EventEmitter(), { bytesWritten: 300_000, writableLength: 300_000 });
  const webSocket = {
    readyState: 1,
    bufferedAmount: 300_000,
    close: vi.fn(() => {
      webSocket.readyState = 2;
    }),
  };
  return { socket, webSocket, connection: { socket, webSocket } as unknown as Connection };
}

test('a client that takes nothing for 30 s is closed and counted once, however much waits for it', async () => {
  const { socket, webSocket, connection } = open();
  const writer = new BurstWriter();
  const waiting = Promise.all([whenWritable(connection, writer), whenWritable(connection, writer)]);
  await vi.advanceTimersByTimeAsync(29_900);
  expect(webSocket.close).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  await waiting;
  expect(webSocket.close).toHaveBeenCalledExactlyOnceWith(1013, 'slow consumer');
  expect(writer.slowConsumersClosed).toBe(1);
  expect([vi.getTimerCount(), socket.listenerCount('drain'), socket.listenerCount('close')]).toEqual([0, 0, 0]);
});

test('a client that takes little is waited for', async () => {
  const { socket, webSocket, connection } = open();
  const writer = new BurstWriter();
  let settled = false;
  const waiting = whenWritable(connection, writer).then(() => {
    settled = true;
  });
  for (let n = 0; n < 9; n++) {
    socket.writableLength -= 4_000;
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(settled).toBe(false);
  webSocket.bufferedAmount = 1_000;
  socket.emit('drain');
  await waiting;
  expect(writer.slowConsumersClosed).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test.each(['drain', 'close'])('waiting ends with %s', async (event) => {
  const { socket, webSocket, connection } = open();
  const waiting = whenWritable(connection, new BurstWriter());
  webSocket.bufferedAmount = 0;
  socket.emit(event);
  await waiting;
  expect(vi.getTimerCount()).toBe(0);
});
