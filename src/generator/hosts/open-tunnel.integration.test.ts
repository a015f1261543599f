import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ConnectProxy, startConnectProxy } from '../../testing/connect-proxy.ts';
import { CERTIFICATE, PRIVATE_KEY } from '../../testing/self-signed.ts';
import { createRequestHttp } from '../login/request-http.ts';
import { createWebSocketConnector } from '../socket/web-socket-connector.ts';
import { createHostGuard } from './host-guard.ts';

const SECOND = 1_000_000;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** What trusts our certificate, and goes through this proxy. */
function guardFor({ host }: Pick<ConnectProxy, 'host'>, allowed: readonly string[] = []) {
  const url = `http://${host}/`;
  const tls = { ca: CERTIFICATE, cert: null, key: null, verifies: true };
  return createHostGuard({ allowed, addresses: {}, tls, proxy: { plain: url, secure: url, direct: [] } });
}

/** An echo over TLS for `localhost`, and HTTPS that answers with what it was asked for. */
async function startSecure(): Promise<number> {
  const secure = createSecureServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (request, response) =>
    response.end(request.url),
  );
  const server = new WebSocketServer({ server: secure });
  server.on('connection', (peer) => peer.on('message', (data) => peer.send(String(data))));
  cleanUps.push(() => {
    for (const peer of server.clients) peer.terminate();
    secure.closeAllConnections();
    secure.close();
  });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  return (secure.address() as AddressInfo).port;
}

async function openThrough(
  proxy: Pick<ConnectProxy, 'host'>,
  url: string,
  allowed?: readonly string[],
  timeoutUs = 5 * SECOND,
) {
  const frames: string[] = [];
  let wake = () => {};
  const opening = { url, subprotocols: [], headers: {}, frames: [], readyFrames: 0 };
  const outcome = await createWebSocketConnector(null, guardFor(proxy, allowed)).connect(opening, timeoutUs, {
    onFrame(frame) {
      frames.push(String(frame));
      wake();
    },
    onClose() {},
  });
  if (outcome.outcome === 'ok') cleanUps.push(() => outcome.connection.close());
  const received = async (count: number) => {
    while (frames.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { outcome, frames, received };
}

it('a wss:// connection is encrypted from end to end, for the name that it was asked for', async () => {
  const port = await startSecure();
  const proxy = await startConnectProxy(null, null, `127.0.0.1:${port}`);
  cleanUps.push(() => proxy.stop());
  const { outcome, frames, received } = await openThrough(proxy, 'wss://localhost:9443/chat', ['localhost']);
  if (outcome.outcome !== 'ok') throw new Error(outcome.detail);
  const texts = [0, 1, 70_000, 300_000].map((length) => 'x'.repeat(length));
  for (const text of texts) outcome.connection.sendText(text);
  await received(texts.length);
  expect(frames).toEqual(texts);
  outcome.connection.pauseReading();
  outcome.connection.sendText('later');
  outcome.connection.resumeReading();
  await received(5);
  expect(proxy.asked).toEqual(['localhost:9443']);
});

it('an https:// request goes through it, and is answered', async () => {
  const port = await startSecure();
  const proxy = await startConnectProxy(null, null, `127.0.0.1:${port}`);
  cleanUps.push(() => proxy.stop());
  const ask = createRequestHttp(5 * SECOND, guardFor(proxy, ['localhost']), 1);
  const request = { method: 'GET', url: 'https://localhost:9443/who', headers: {}, body: null };
  expect(await ask(request)).toMatchObject({ outcome: 'answered', status: 200, text: '/who' });
  expect(proxy.asked).toEqual(['localhost:9443']);
});

it('nothing is asked for that must not be loaded, whoever the proxy may be', async () => {
  const proxy = await startConnectProxy();
  cleanUps.push(() => proxy.stop());
  for (const host of ['chat.example', '93.184.216.34', '[2001:db8::1]']) {
    const { outcome } = await openThrough(proxy, `ws://${host}:80/`);
    expect(outcome).toMatchObject({ outcome: 'refused', isOwn: true });
  }
  const ask = createRequestHttp(5 * SECOND, guardFor(proxy), 1);
  const refused = await ask({ method: 'GET', url: 'http://chat.example/', headers: {}, body: null });
  expect(refused).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('reached through a proxy') });
  expect(proxy.asked).toEqual([]);
});

it('one that never answers, or speaks no HTTP, is told as such', async () => {
  const sockets: Socket[] = [];
  const start = async (greeting: string) => {
    const server = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      if (greeting !== '') socket.write(greeting);
    }).listen(0, '127.0.0.1');
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server, 'listening');
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const silent = await start('');
  const { outcome } = await openThrough(silent, 'ws://127.0.0.1:9/', [], SECOND / 5);
  expect(outcome).toMatchObject({ outcome: 'refused', detail: `proxy ${silent.host} gave no answer`, isOwn: true });
  const other = await start('SSH-2.0-x\r\n\r\n');
  expect((await openThrough(other, 'ws://127.0.0.1:9/')).outcome).toMatchObject({
    detail: `proxy ${other.host} cannot be used: HPE_INVALID_CONSTANT`,
  });
});
