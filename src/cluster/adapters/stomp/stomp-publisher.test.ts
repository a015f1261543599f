import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { Inbox } from '../../../testing/inbox.ts';
import { encodeStompFrame, StompReader } from './stomp-frames.ts';
import { openStompPublisher } from './stomp-publisher.ts';

/** A broker that lets everybody in, and confirms when it is told to. */
let server: WebSocketServer;
let confirm: (() => void)[];
let sent: Inbox<string>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  [confirm, sent] = [[], new Inbox()];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'v12.stomp' });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    const reader = new StompReader();
    socket.on('message', (data: Buffer) => {
      for (const { command, headers } of reader.read(data)) {
        if (command === 'CONNECT') socket.send(encodeStompFrame('CONNECTED', { version: '1.2' }));
        if (command !== 'SEND') continue;
        confirm.push(() => socket.send(encodeStompFrame('RECEIPT', { 'receipt-id': headers.receipt ?? '' })));
        sent.push(headers.destination ?? '');
      }
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

test('a broker that confirms nothing for a second holds publishers back, until it confirms something', async () => {
  const url = `ws://guest:guest@127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
  const publisher = await openStompPublisher({ url, onLost() {} });
  const confirmed = new Inbox<number>();
  vi.advanceTimersByTime(60_000);
  for (const n of [1, 2]) publisher.publish(0, Buffer.from('x'), () => confirmed.push(n));
  await sent.atLeast(2);
  vi.advanceTimersByTime(900);
  expect(publisher.blocked).toBe(false);
  vi.advanceTimersByTime(200);
  expect(publisher.blocked).toBe(true);
  confirm.shift()?.();
  await confirmed.atLeast(1);
  expect(publisher.blocked).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(publisher.blocked).toBe(true);
  confirm.shift()?.();
  await confirmed.atLeast(2);
  vi.advanceTimersByTime(60_000);
  expect(publisher.blocked).toBe(false);
  await publisher.close();
});
