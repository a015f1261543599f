import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { startGraphqlWs, startSocketIo, startSockJs } from '../../testing/npm-chats.ts';
import {
  startActionCable,
  startCentrifugo,
  startPhoenix,
  startPusher,
  startSignalr,
} from '../../testing/shaped-chats.ts';
import { createConnector } from '../create-connector.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { detectWire } from './detect-wire.ts';

const hosts = createHostGuard(PRIVATE_ONLY);
const environment = {
  sockets: createConnector('websocket', null, hosts),
  brokers: createConnector('mqtt', null, hosts),
  streams: createConnector('sse', null, hosts),
  timeoutUs: 20_000_000,
  listenUs: 20_000_000,
};

let stop: () => unknown = () => {};
afterEach(() => stop());

it.each([
  ['socket.io', startSocketIo],
  ['sockjs', startSockJs],
  ['graphql-ws', startGraphqlWs],
  ['action-cable', startActionCable],
  ['phoenix', startPhoenix],
  ['signalr', startSignalr],
  ['centrifugo', startCentrifugo],
  ['pusher', startPusher],
])('a server of %s is known by its address alone', async (preset, start) => {
  const chat = await start();
  stop = () => chat.stop();
  expect(await detectWire(`ws://${chat.host}`, { ...environment, timeoutUs: 5_000_000, listenUs: 5_000_000 })).toEqual({
    preset,
    path: null,
  });
});

it('one that listens elsewhere is known at the path that is given', async () => {
  const sockets = await listen((socket) => socket.send('{"type":"welcome"}'));
  expect(await detectWire(`http://127.0.0.1:${sockets}/live`, { ...FAST, listenUs: 5_000_000 })).toMatchObject({
    preset: 'action-cable',
    path: '/live',
  });
});

it.each([
  ['sends back what it is sent', true],
  ['is silent', false],
])('a WebSocket that %s is a plain one', async (_what, isEcho) => {
  const port = await listen(
    (socket) => isEcho && socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  expect(await detectWire(`ws://127.0.0.1:${port}/chat?room=1`, FAST)).toEqual({
    preset: 'plain',
    path: '/chat?room=1',
  });
});

it('what answers nothing, or not at all, is nothing that is known, and is left after the time that was given', async () => {
  const server = createTcp(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => server.close();
  const { port } = server.address() as AddressInfo;
  const briefly = { ...FAST, timeoutUs: 300_000 };
  expect(await detectWire(`ws://127.0.0.1:${port}`, briefly)).toBeNull();
  expect(await detectWire(`mqtt://127.0.0.1:${port}`, briefly)).toBeNull();
});

it('a stream of events is known by its content type', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  expect(await detectWire(`http://127.0.0.1:${port}/events`, FAST)).toEqual({ preset: 'sse', path: '/events' });
});

/** For servers that say nothing, or what is not waited for. */
const FAST = { ...environment, listenUs: 300_000 };

/** A WebSocket server that opens whatever it is asked for, with whatever subprotocol. */
async function listen(onSocket: (socket: import('ws').WebSocket) => unknown): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', onSocket);
  await once(server, 'listening');
  stop = () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return (server.address() as AddressInfo).port;
}
