import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { encodeDeflated } from './message-deflate.ts';
import { createWebSocketConnector } from './web-socket-connector.ts';

let server: WebSocketServer;
afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** Opens a connection that offers to compress; `frames` and `ends` are what comes of it. */
async function connect(
  perMessageDeflate: boolean | object,
  onSocket: (socket: WebSocket) => void,
  maxPayloadBytes = 1 << 20,
) {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate }).on('connection', onSocket);
  await once(server, 'listening');
  const frames: string[] = [];
  const ends: string[] = [];
  const { connect: open } = createWebSocketConnector(null, createHostGuard(PRIVATE_ONLY), { maxPayloadBytes });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0, isCompressed: true };
  const outcome = await open(opening, 30_000_000, {
    onFrame: (frame) => frames.push(frame.toString()),
    onClose: (reason) => ends.push(reason),
  });
  if (outcome.outcome !== 'ok') throw new Error(outcome.detail);
  return { connection: outcome.connection, frames, ends };
}

const echo = (socket: WebSocket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
const TEXT = 'ünïcode 🎈 '.repeat(300);

it.each([
  ['compresses', { threshold: 0 }],
  ['compresses some', true],
  ['declines', false],
])('a server that %s gets what is sent, and is understood', async (_what, perMessageDeflate) => {
  const { connection, frames } = await connect(perMessageDeflate, echo);
  const template = { frame: Buffer.from(`0000000000 ${TEXT}`), markerOffsets: [], sequenceOffsets: [0] };
  connection.sendText('short');
  connection.sendText(TEXT);
  connection.sendMessages([template], 0, [7, 8], [0, 0], () => {});
  await vi.waitUntil(() => frames.length === 4, { timeout: 30_000 });
  expect(frames).toEqual(['short', TEXT, `0000000007 ${TEXT}`, `0000000008 ${TEXT}`]);
});

it('a small message that would be a large one ends the connection before it is one', async () => {
  const bomb = Buffer.alloc(64 << 20);
  const { ends, frames } = await connect({ threshold: 0 }, (socket) => socket.send(bomb), 1 << 20);
  await vi.waitUntil(() => ends.length === 1, { timeout: 30_000 });
  expect(ends[0]).toContain('message of more than 1048576 bytes, so that this side closed with 1009');
  expect(frames).toEqual([]);
});

it('a compressed frame is smaller by what repeats, and ends without the flush', () => {
  const frame = encodeDeflated(1, Buffer.from(TEXT));
  expect(frame[0]).toBe(0xc1);
  expect(frame.length).toBeLessThan(TEXT.length / 10);
  expect(frame.subarray(-4)).not.toEqual(Buffer.from([0, 0, 0xff, 0xff]));
});
