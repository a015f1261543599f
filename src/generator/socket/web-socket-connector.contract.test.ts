import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TlsRules } from '../../host-rules.ts';
import type { Opening } from '../../protocol/chat-protocol.ts';
import { CERTIFICATE, PRIVATE_KEY } from '../../testing/self-signed.ts';
import type { Connection, ConnectOutcome } from '../connection.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { type ConnectorOptions, createWebSocketConnector } from './web-socket-connector.ts';

const SECOND = 1_000_000;
/** No resolver knows them. */
const hosts = createHostGuard({
  allowed: [],
  addresses: { 'chat.example': ['127.0.0.1'], 'mixed.example': ['127.0.0.1', '93.184.216.34'] },
});
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

describe('a connection to a ws server', () => {
  it('sends texts and receives messages of every size, whole and in order', async () => {
    const { url } = await startEcho();
    const client = await open({ url });
    const texts = [0, 1, 125, 126, 65_535, 65_536, 300_000].map((length) => 'x'.repeat(length));
    for (const text of texts) client.connection.sendText(text);
    await client.received(texts.length);
    expect(client.frames.map(({ length }) => length)).toEqual(texts.map(({ length }) => length));
    expect(client.frames).toEqual(texts);
  });

  it('shows the server its path, headers and subprotocols, and takes the one that is chosen', async () => {
    const { url, server } = await startEcho();
    const request = once(server, 'connection');
    await open({
      url: `${url}/chat?user=a%20b`,
      headers: { 'X-Token': 'secret' },
      subprotocols: ['v2.chat', 'v1.chat'],
    });
    const [, message] = await request;
    expect(message).toMatchObject({
      url: '/chat?user=a%20b',
      headers: { 'x-token': 'secret', 'sec-websocket-protocol': 'v2.chat, v1.chat', 'sec-websocket-version': '13' },
    });
  });

  it('sends the user of the address along', async () => {
    const { url, server } = await startEcho();
    const request = once(server, 'connection');
    await open({ url: url.replace('ws://', 'ws://anna:s%20t@') });
    const [, message] = await request;
    expect(message.headers.authorization).toBe(`Basic ${Buffer.from('anna:s t').toString('base64')}`);
  });

  it('reaches a name at the address that it had when the run was admitted, and still calls it by its name', async () => {
    const { url, server } = await startEcho();
    const request = once(server, 'connection');
    await open({ url: url.replace('127.0.0.1', 'chat.example') });
    const [, message] = await request;
    expect(message.headers.host).toBe(url.replace('ws://127.0.0.1', 'chat.example'));
  });

  it('answers pings, and reads messages that are cut into fragments', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const client = await open({ url });
    const [peer] = (await accepted) as [WebSocket];
    const pong = once(peer, 'pong');
    peer.send('one, ', { fin: false });
    peer.ping('are you there');
    peer.send('two', { fin: true });
    expect(String((await pong)[0])).toBe('are you there');
    await client.received(1);
    expect(client.frames).toEqual(['one, two']);
  });

  it('says why when the server closes, and answers with the same code', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const client = await open({ url });
    const [peer] = (await accepted) as [WebSocket];
    const closed = once(peer, 'close');
    peer.close(4001, 'enough');
    expect(await client.closed).toBe('closed with 4001: enough');
    expect((await closed)[0]).toBe(4001);
    expect(client.connection.isOpen).toBe(false);
  });

  it('reads nothing while it is paused, and then everything, whole and in order', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const paused = await open({ url });
    const [peer] = (await accepted) as [WebSocket];
    const other = await open({ url });
    paused.connection.pauseReading();
    const texts = Array.from({ length: 500 }, (_, i) => `${i} `.padEnd(10_000, '.'));
    for (const text of texts) peer.send(text);
    await Promise.all([once(peer, 'message'), paused.connection.sendText('still sends')]);
    other.connection.sendText('still reads');
    await other.received(1);
    expect(paused.frames).toEqual([]);
    paused.connection.resumeReading();
    await paused.received(texts.length + 1);
    expect(paused.frames).toEqual([...texts, 'still sends']);
  });

  it('learns when it reads on that the server has closed meanwhile', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const client = await open({ url });
    const [peer] = (await accepted) as [WebSocket];
    client.connection.pauseReading();
    peer.close(4002, 'too slow');
    client.connection.resumeReading();
    expect(await client.closed).toBe('closed with 4002: too slow');
  });

  it('closes with 1000, and is not told of it', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const client = await open({ url });
    const [peer] = (await accepted) as [WebSocket];
    client.connection.close();
    expect((await once(peer, 'close'))[0]).toBe(1000);
    expect(client.reasons).toEqual([]);
  });

  it('closes with 1009 when a message is larger than it takes', async () => {
    const { url, server } = await startEcho();
    const accepted = once(server, 'connection');
    const client = await open({ url }, { maxPayloadBytes: 64 * 1024 });
    const [peer] = (await accepted) as [WebSocket];
    peer.send('x'.repeat(64 * 1024 + 1));
    expect(await client.closed).toBe('protocol: message of more than 65536 bytes, so that this side closed with 1009');
    expect((await once(peer, 'close'))[0]).toBe(1009);
  });

  it('is told when the stream ends or breaks without a close frame', async () => {
    const { url, server } = await startEcho();
    for (const end of [(peer: Socket) => peer.end(), (peer: Socket) => peer.resetAndDestroy()]) {
      const accepted = once(server, 'connection');
      const client = await open({ url });
      const [, request] = await accepted;
      end(request.socket);
      expect(await client.closed).toMatch(/^closed without a word$|ECONNRESET/);
      expect(client.connection.isOpen).toBe(false);
    }
  });
});

describe('a connection that does not come about', () => {
  it.each([401, 302, 503])('is refused when the server answers %i, and follows no redirect', async (status) => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(status, { location: '/elsewhere' }).end('no');
    });
    const { port } = await listen(server);
    expect(await attempt({ url: `ws://127.0.0.1:${port}/` })).toEqual({
      outcome: 'refused',
      detail: `HTTP status ${status}: no`,
      answer: { status, location: '/elsewhere' },
    });
    expect(requests).toEqual(['/']);
  });

  it.each(['93.184.216.34', 'mixed.example'])('is refused, and not tried, where %s may not be loaded', async (host) => {
    expect(await attempt({ url: `ws://${host}:9/` })).toMatchObject({
      outcome: 'refused',
      detail: `${host} is neither this machine nor in a private network`,
    });
  });

  it('is refused where nobody listens', async () => {
    const server = createServer();
    const { port } = await listen(server);
    server.close();
    expect(await attempt({ url: `ws://127.0.0.1:${port}/` })).toEqual({
      outcome: 'refused',
      detail: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('times out when the server takes the request and says nothing, or only the half of it', async () => {
    for (const answer of ['', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: web']) {
      const port = await listenTcp((socket) => socket.write(answer));
      expect(await attempt({ url: `ws://127.0.0.1:${port}/` }, {}, 60_000)).toEqual({
        outcome: 'timeout',
        detail: 'handshake timed out',
      });
    }
  });

  it.each([
    ['a wrong key', `${upgrade('AAAA')}`, 'protocol', 'a wrong Sec-WebSocket-Accept'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', 'protocol', 'the answer is no HTTP/1.1'],
    [
      'an endless header',
      `HTTP/1.1 101 x\r\nA: ${'a'.repeat(20_000)}`,
      'protocol',
      'an answer of more than 16384 bytes',
    ],
  ])('fails on %s', async (_, answer, outcome, detail) => {
    const port = await listenTcp((socket) => socket.once('data', () => socket.write(answer)));
    expect(await attempt({ url: `ws://127.0.0.1:${port}/` })).toEqual({ outcome, detail });
  });

  it('is closed when the server hangs up during the handshake', async () => {
    const port = await listenTcp((socket) => socket.once('data', () => socket.destroy()));
    expect(await attempt({ url: `ws://127.0.0.1:${port}/` })).toMatchObject({ outcome: 'closed' });
  });

  it('fails where the server takes none of the subprotocols, or one that was not asked for', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
    cleanUps.push(() => server.close());
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await attempt({ url, subprotocols: ['v1.chat'] })).toMatchObject({ outcome: 'protocol' });
  });

  it('never sends a header that would break out of its line', async () => {
    const { url } = await startEcho();
    expect(await attempt({ url, headers: { 'X-Token': 'a\r\nX-Admin: yes' } })).toMatchObject({ outcome: 'protocol' });
  });
});

describe('what a server says that opens no WebSocket', () => {
  const secret = 'x'.repeat(250);

  it.each([
    [
      'its body and when to come back',
      'Retry-After: 3\r\nContent-Length: 12\r\n\r\nno upstream!',
      ', Retry-After 3: no upstream!',
    ],
    ['a body that ends with the stream', '\r\n<h1>down</h1>\n<p>for now</p>', ': <h1>down</h1> <p>for now</p>'],
    ['a chunked one', 'Transfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n6;a=b\r\n, wait\r\n0\r\n\r\n', ': busy, wait'],
    ['the first 200 characters of a long one', `Content-Length: 250\r\n\r\n${secret}`, `: ${secret.slice(0, 200)}`],
    ['no more than was announced', 'Content-Length: 4\r\n\r\nbusyHTTP/1.1 200 OK', ': busy'],
    ['no secret', '\r\n{"error":"expired","token":"abcdefgh1234"}', ': {"error":"expired","token":"***"}'],
    ['no compressed one', 'Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\0\0', ''],
    ['no body', 'Content-Length: 0\r\n\r\n', ''],
  ])('is told: %s', async (_what, answer, told) => {
    const endsItself = !/content-length|chunked/i.test(answer);
    for (const pieces of [[answer], answer.split(/(?<=\r\n)/), [...answer]]) {
      const port = await listenTcp((socket) =>
        socket.once('data', async () => {
          for (const piece of ['HTTP/1.1 503 Service Unavailable\r\n', ...pieces]) {
            socket.write(piece, 'latin1');
            if (pieces.length < 20) await new Promise((resolve) => setTimeout(resolve, 2));
          }
          if (endsItself) socket.end();
        }),
      );
      expect(await attempt({ url: `ws://127.0.0.1:${port}/` })).toMatchObject({
        outcome: 'refused',
        detail: `HTTP status 503${told}`,
        answer: { status: 503 },
      });
    }
  });

  it('is not waited for without end', async () => {
    const port = await listenTcp((socket) => socket.once('data', () => socket.write('HTTP/1.1 403 No\r\n\r\nwho are')));
    const beganAt = performance.now();
    expect(await attempt({ url: `ws://127.0.0.1:${port}/` }, {}, 60 * SECOND)).toMatchObject({
      outcome: 'refused',
      detail: 'HTTP status 403: who are',
    });
    expect(performance.now() - beganAt).toBeLessThan(20_000);
  });
});

describe('headers of a handshake', () => {
  it('replace the host, which is sent once', async () => {
    const heads: string[] = [];
    const port = await listenTcp((socket) =>
      socket.once('data', (head) => {
        heads.push(String(head));
        socket.end('HTTP/1.1 400 No\r\n\r\n');
      }),
    );
    await attempt({ url: `ws://127.0.0.1:${port}/`, headers: { host: 'chat.example', 'X-A': '1' } });
    expect(heads[0]?.match(/^host:.*$/gim)).toEqual(['Host: chat.example']);
    expect(heads[0]).toContain('\r\nX-A: 1\r\n');
  });

  it.each(['Connection', 'upgrade', 'Sec-WebSocket-Key'])('are not sent where they are %s', async (name) => {
    const { url } = await startEcho();
    expect(await attempt({ url, headers: { [name]: 'x' } })).toMatchObject({ outcome: 'protocol' });
  });
});

describe('a connection over TLS', () => {
  it('opens where the certificate is trusted, stops reading on request, and is refused where it is not trusted', async () => {
    const secure = createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY });
    const server = new WebSocketServer({ server: secure });
    server.on('connection', (peer) => peer.on('message', (data) => peer.send(String(data))));
    cleanUps.push(() => closeAll(server));
    const { port } = await listen(secure);
    const url = `wss://localhost:${port}/`;
    const client = await open({ url }, { tls: { ...NO_TLS, ca: CERTIFICATE } });
    client.connection.sendText('hello');
    await client.received(1);
    expect(client.frames).toEqual(['hello']);
    client.connection.pauseReading();
    client.connection.sendText('later');
    const other = await open({ url }, { tls: { ...NO_TLS, ca: CERTIFICATE } });
    other.connection.sendText('now');
    await other.received(1);
    expect(client.frames).toEqual(['hello']);
    client.connection.resumeReading();
    await client.received(2);
    expect(await attempt({ url })).toMatchObject({
      outcome: 'refused',
      detail: 'TLS: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
  });

  it('opens unverified where that is asked for', async () => {
    const url = await startSecureEcho({});
    const client = await open({ url }, { tls: { ...NO_TLS, verifies: false } });
    client.connection.sendText('hello');
    await client.received(1);
  });

  it('shows a certificate of its own where the server asks for one, and says so where it has none', async () => {
    const url = await startSecureEcho({ requestCert: true, rejectUnauthorized: true, ca: CERTIFICATE });
    const tls = { ...NO_TLS, ca: CERTIFICATE };
    const client = await open({ url }, { tls: { ...tls, cert: CERTIFICATE, key: PRIVATE_KEY } });
    client.connection.sendText('hello');
    await client.received(1);
    expect(await attempt({ url }, { tls })).toMatchObject({
      outcome: 'refused',
      detail: expect.stringMatching(/^TLS: .*alert certificate required/),
    });
  });

  it('is refused by a server that encrypts nothing, in the same words each time', async () => {
    const { url } = await startEcho();
    const details = [];
    for (const _ of [1, 2]) details.push(await attempt({ url: url.replace('ws:', 'wss:') }));
    expect(details[0]).toMatchObject({
      outcome: 'refused',
      detail: expect.stringMatching(/^TLS: wrong version number \(/),
    });
    expect(details[1]).toEqual(details[0]);
  });
});

function upgrade(accept: string): string {
  return `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function describeOpening(opening: Partial<Opening>): Opening {
  return { url: '', subprotocols: [], headers: {}, frames: [], readyFrames: 0, ...opening };
}

async function startSecureEcho(options: ServerOptions): Promise<string> {
  const secure = createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY, ...options });
  const server = new WebSocketServer({ server: secure });
  server.on('connection', (peer) => peer.on('message', (data) => peer.send(String(data))));
  cleanUps.push(() => closeAll(server));
  return `wss://localhost:${(await listen(secure)).port}/`;
}

const NO_TLS: TlsRules = { ca: null, cert: null, key: null, verifies: true };

interface TestOptions extends ConnectorOptions {
  readonly tls?: TlsRules;
}

function guardOf({ tls }: TestOptions) {
  return tls === undefined ? hosts : createHostGuard({ allowed: [], addresses: {}, tls });
}

function attempt(opening: Partial<Opening>, options: TestOptions = {}, timeoutUs = 5 * SECOND) {
  const connector = createWebSocketConnector(null, guardOf(options), options);
  return connector.connect(describeOpening(opening), timeoutUs, { onFrame() {}, onClose() {} });
}

async function open(opening: Partial<Opening>, options: TestOptions = {}) {
  const frames: string[] = [];
  const reasons: string[] = [];
  let wake = () => {};
  const closed = Promise.withResolvers<string>();
  const outcome: ConnectOutcome = await createWebSocketConnector(null, guardOf(options), options).connect(
    describeOpening(opening),
    5 * SECOND,
    {
      onFrame(frame) {
        frames.push(String(frame));
        wake();
      },
      onClose(reason) {
        reasons.push(reason);
        closed.resolve(reason);
      },
    },
  );
  if (outcome.outcome !== 'ok') throw new Error(`${outcome.outcome}: ${outcome.detail}`);
  const connection: Connection = outcome.connection;
  cleanUps.push(() => connection.close());
  return {
    connection,
    frames,
    reasons,
    closed: closed.promise,
    received: async (count: number) => {
      while (frames.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function startEcho(): Promise<{ url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  server.on('connection', (peer) => {
    peer.on('error', () => {});
    peer.on('message', (data) => peer.send(String(data)));
  });
  cleanUps.push(() => closeAll(server));
  await once(server, 'listening');
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function closeAll(server: WebSocketServer): void {
  for (const peer of server.clients) peer.terminate();
  server.close();
}

async function listen(server: Server): Promise<{ port: number }> {
  cleanUps.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

async function listenTcp(serve: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
