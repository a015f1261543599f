import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { createMarker } from '../../record/marker.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { createWebSocketConnector } from './web-socket-connector.ts';

let server: WebSocketServer;
let heard: (readonly [text: string, isBinary: boolean])[];

beforeEach(async () => {
  heard = [];
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      heard.push([String(data), isBinary]);
      socket.send(data, { binary: isBinary });
    });
  });
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

async function connect(isBinary: boolean | undefined) {
  const frames: string[] = [];
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0, ...(isBinary ? { isBinary } : {}) };
  const outcome = await createWebSocketConnector(null, createHostGuard(PRIVATE_ONLY)).connect(opening, 20_000_000, {
    onFrame: (frame) => frames.push(frame.toString()),
    onClose() {},
  });
  if (outcome.outcome !== 'ok') throw new Error(outcome.detail);
  return { connection: outcome.connection, frames };
}

const marker = createMarker('ab9z', 0);
const template = { frame: Buffer.from(`${marker} é`), markerOffsets: [0] };
const FIRST = `${marker.slice(0, 13)}0000000258r000007 é`;

describe.each([
  ['binary', true],
  ['text', undefined],
])('a connection of %s frames', (_name, isBinary) => {
  it('sends all in such, and takes what comes in them', async () => {
    const { connection, frames } = await connect(isBinary);
    connection.sendText('hello');
    connection.sendMessages([template], 7, [258], [0], () => {});
    await vi.waitUntil(() => frames.length === 2, { timeout: 60_000 });
    expect(heard).toEqual([
      ['hello', isBinary === true],
      [FIRST, isBinary === true],
    ]);
    expect(frames).toEqual(['hello', FIRST]);
    connection.close();
  });
});

it('bytes are binary on a connection of text frames', async () => {
  const { connection } = await connect(false);
  connection.sendText(new Uint8Array([0x68, 0x69]), true);
  await vi.waitUntil(() => heard.length === 1, { timeout: 60_000 });
  expect(heard).toEqual([['hi', true]]);
  connection.close();
});
