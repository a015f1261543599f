import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { readBody } from '../../testing/http-chat.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { createEnginePollingConnector } from './engine-polling-connector.ts';

const SECOND = 1_000_000;
const HANDSHAKE = { sid: 'session-1', pingInterval: 5_000, pingTimeout: 5_000, maxPayload: 10 };
let stop = () => {};
afterEach(() => stop());

/** A server that says what a test has it say, and notes what it is told. */
async function start(handshake: string | ((response: ServerResponse) => void)) {
  const polls: ServerResponse[] = [];
  const posts: { readonly body: string; readonly cookie: string | undefined; readonly response: ServerResponse }[] = [];
  const sessions: (string | null)[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const sid = new URL(request.url!, 'http://server').searchParams.get('sid');
    sessions.push(sid);
    if (request.method === 'POST')
      posts.push({ body: await readBody(request), cookie: request.headers.cookie, response });
    else if (sid !== null) polls.push(response);
    else if (typeof handshake === 'string') response.setHeader('Set-Cookie', 'node=a; Path=/').end(handshake);
    else handshake(response);
  };
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/socket.io/?EIO=4&transport=polling`;
  const frames: string[] = [];
  const ends: string[] = [];
  const opening = { url, subprotocols: [], headers: { Cookie: 'user=7' }, frames: [], readyFrames: 0 };
  const outcome = await createEnginePollingConnector(null, createHostGuard(PRIVATE_ONLY)).connect(opening, SECOND, {
    onFrame: (frame) => frames.push(String(frame)),
    onClose: (reason) => ends.push(reason),
  });
  const until = (isSo: () => boolean) => vi.waitUntil(isSo, { timeout: 60_000, interval: 5 });
  return { outcome, polls, posts, sessions, frames, ends, until };
}

it('packets come one by one, and what is sent goes by one POST at a time, as large as the server takes', async () => {
  const { outcome, polls, posts, sessions, frames, until } = await start(`0${JSON.stringify(HANDSHAKE)}\x1e40{}`);
  if (outcome.outcome !== 'ok') throw new Error(outcome.detail);
  const { connection } = outcome;
  await until(() => polls.length === 1);
  polls[0]!.end('42["a"]\x1e6\x1e2');
  await until(() => polls.length === 2);
  expect(frames).toEqual([`0${JSON.stringify(HANDSHAKE)}`, '40{}', '42["a"]', '2']);

  const written: number[] = [];
  connection.sendText('3');
  const template = { frame: Buffer.from('42["abc"]'), markerOffsets: [] };
  connection.sendMessages([template], 0, [1, 2], [0, 0], (sequences) => written.push(...sequences));
  await until(() => posts.length === 1);
  // Ten bytes at once: "3", and a message behind it would be eleven.
  expect(posts[0]!.body).toBe('3');
  expect(written).toEqual([]);
  expect(connection.bufferedBytes).toBe(18);
  posts[0]!.response.end('ok');
  await until(() => posts.length === 2);
  expect(written).toEqual([1]);
  posts[1]!.response.end('ok');
  await until(() => posts.length === 3);
  expect(posts.map(({ body }) => body)).toEqual(['3', '42["abc"]', '42["abc"]']);
  expect(connection.bufferedBytes).toBe(0);
  expect(new Set(sessions)).toEqual(new Set([null, 'session-1']));
  expect(posts[0]!.cookie).toBe('user=7; node=a');
  connection.close();
  await until(() => posts.length === 4);
  expect(posts[3]!.body).toBe('1');
});

it('a server that closes, or knows the session no more, ends the connection with why', async () => {
  const closing = await start(`0${JSON.stringify(HANDSHAKE)}`);
  await closing.until(() => closing.polls.length === 1);
  closing.polls[0]!.end('1');
  await closing.until(() => closing.ends.length === 1);
  expect(closing.ends).toEqual(['closed: the server closed']);
  stop();
  const unknown = await start(`0${JSON.stringify(HANDSHAKE)}`);
  await unknown.until(() => unknown.polls.length === 1);
  unknown.polls[0]!.writeHead(400).end('{"code":1,"message":"Session ID unknown"}');
  await unknown.until(() => unknown.ends.length === 1);
  expect(unknown.ends).toEqual(['refused: HTTP status 400: {"code":1,"message":"Session ID unknown"}']);
});

it.each([
  ['hello', 'protocol', 'the answer is no handshake of Engine.IO'],
  ['0{"no":1}', 'protocol', 'the answer is no handshake of Engine.IO'],
  [(response: ServerResponse) => response.writeHead(403).end('nobody'), 'refused', 'HTTP status 403: nobody'],
  [() => {}, 'timeout', 'no answer'],
])('a handshake of %s is %s: %s', async (handshake, outcome, detail) => {
  expect((await start(handshake)).outcome).toMatchObject({ outcome, detail });
});

it('connections come from the address that is given', async () => {
  const from: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    from.push(request.socket.remoteAddress);
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => server.close();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0 };
  const connector = createEnginePollingConnector('127.0.0.7', createHostGuard(PRIVATE_ONLY));
  await connector.connect(opening, SECOND, { onFrame() {}, onClose() {} });
  expect(from).toEqual(['127.0.0.7']);
});
