import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asking, askAs, UPGRADE } from '../../testing/ask-as.ts';
import { describeStrangers } from '../../testing/contracts/strangers-contract.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../embedded/embedded-cluster.ts';
import { directRoomOf } from '../wire/direct-room.ts';
import { OPERATOR, signToken } from '../wire/user-token.ts';

let cluster: EmbeddedCluster;

describe('without tokens', () => {
  beforeAll(async () => {
    cluster = await startEmbeddedCluster({
      gateways: 1,
      workers: 1,
      access: { hosts: ['chat.example.com'], origins: ['https://chat.example.com'] },
    });
  });
  afterAll(() => cluster.stop());

  describeStrangers(() => cluster.endpoints[0]!);

  test('a worker, and the queue, tell strangers nothing', async () => {
    for (const stats of [cluster.workerStats[0]!, cluster.stats!, cluster.gatewayStats[0]!]) {
      expect((await askAs(stats, { path: '/stats' })).status).toBe(200);
      expect((await askAs(stats, { path: '/stats', headers: { host: 'evil.example' } })).status).toBe(421);
      expect((await askAs(stats, { path: '/stats', headers: { origin: 'https://evil.example' } })).status).toBe(403);
    }
  });

  test('a page that is let in may read the answers, and send JSON from its own host', async () => {
    const headers = { origin: 'https://chat.example.com', host: 'chat.example.com' };
    const ask = (asking: Asking) =>
      askAs(cluster.endpoints[0]!, { ...asking, headers: { ...headers, ...asking.headers } });
    const preflight = await ask({ method: 'OPTIONS', path: '/api/messages' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://chat.example.com',
      'access-control-allow-headers': expect.stringContaining('content-type'),
    });
    const read = await ask({ path: '/rooms/r/messages' });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, 'https://chat.example.com']);
    expect((await ask({ path: '/ws?user=ann&device=d0', headers: UPGRADE })).status).toBe(101);
  });

  test('everyone is notified for who comes by no proxy', async () => {
    const asking = notify({ user: 'ann', to: { everyone: true }, body: 'x' });
    expect((await askAs(cluster.endpoints[0]!, asking)).status).toBe(202);
    const proxied = { ...asking, headers: { ...asking.headers, 'x-forwarded-for': '127.0.0.1' } };
    expect((await askAs(cluster.endpoints[0]!, proxied)).status).toBe(403);
  });
});

describe('with tokens', () => {
  const KEY = 'k'.repeat(32);

  beforeAll(async () => {
    cluster = await startEmbeddedCluster({ gateways: 1, workers: 1, access: { tokenKey: KEY } });
  });
  afterAll(() => cluster.stop());

  const ask = async (asking: Asking, token?: string): Promise<number> => {
    const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await askAs(cluster.endpoints[0]!, { ...asking, headers: { ...asking.headers, ...bearer } })).status;
  };
  const connect = (token?: string) => ({
    path: `/ws?user=ann&device=d0${token === undefined ? '' : `&token=${token}`}`,
    headers: UPGRADE,
  });
  const send = (user: string) => ({
    method: 'POST',
    path: '/api/messages',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, room: 'r', body: 'hello' }),
  });

  test('the token of a user lets its bearer act for them, and for nobody else', async () => {
    const token = signToken(KEY, 'ann');
    expect(await ask(connect(token))).toBe(101);
    expect(await ask(connect(), token)).toBe(101);
    expect(await ask(send('ann'), token)).toBe(201);
    expect(await ask({ path: '/rooms/r/messages' }, token)).toBe(200);
    expect(await ask({ path: `/rooms/r/messages?token=${token}` })).toBe(200);
    expect(await ask(connect(signToken(KEY, 'bob')))).toBe(401);
    expect(await ask(send('bob'), token)).toBe(403);
    expect(await ask(notify({ user: 'bob', to: { user: 'ann' }, body: 'x' }), token)).toBe(403);
  });

  test('a direct room is read by the token of one of its two, whatever user is named', async () => {
    const path = `/rooms/${encodeURIComponent(directRoomOf('ann', 'bob')!)}/messages?user=ann`;
    expect(await ask({ path }, signToken(KEY, 'eve'))).toBe(403);
    expect(await ask({ path }, signToken(KEY, 'bob'))).toBe(200);
  });

  test.each([
    ['no token', undefined],
    ['an empty one', ''],
    ['one of another key', signToken('x'.repeat(32), 'ann')],
    ['one without signature', `${signToken(KEY, 'ann').split('.').slice(0, 2).join('.')}.`],
    ['one that says it has none', forge({ alg: 'none' }, claims())],
    ['one that is signed otherwise', forge({ alg: 'HS512' }, claims(), 'sha512')],
    ['one that has run out', forge({ alg: 'HS256' }, { ...claims(), exp: 1 }, 'sha256')],
    ['one that never runs out', forge({ alg: 'HS256' }, { ...claims(), exp: undefined }, 'sha256')],
    ['one for something else', forge({ alg: 'HS256' }, { ...claims(), aud: 'mail' }, 'sha256')],
    ['one of nobody', forge({ alg: 'HS256' }, { ...claims(), sub: undefined }, 'sha256')],
    ['rubbish', 'a.b.c'],
  ])('%s lets nobody do anything', async (_, token) => {
    expect(await ask(connect(token))).toBe(401);
    expect(await ask(send('ann'), token)).toBe(401);
    expect(await ask({ path: '/rooms/r/messages' }, token)).toBe(401);
    expect(await ask(notify({ user: 'ann', to: { everyone: true }, body: 'x' }), token)).toBe(401);
    expect(await ask({ path: '/stats' }, token)).toBe(401);
    expect(await ask({ path: '/metrics' }, token)).toBe(401);
  });

  test('figures, and notifications to everyone, are for operators', async () => {
    const everyone = notify({ user: 'ann', to: { everyone: true }, body: 'x' });
    for (const [token, figures, notified] of [
      [signToken(KEY, 'ann'), 401, 403],
      [signToken(KEY, 'ann', OPERATOR), 200, 202],
    ] as const) {
      expect(await ask({ path: '/stats' }, token)).toBe(figures);
      expect(await ask({ path: '/metrics' }, token)).toBe(figures);
      expect(await ask(everyone, token)).toBe(notified);
    }
  });

  test('whether it is well it tells everybody', async () => {
    expect(await ask({ path: '/health' })).toBe(200);
    expect(await ask({ path: '/healthz' })).toBe(200);
  });

  function claims(): Record<string, unknown> {
    return { sub: 'ann', aud: 'chatbench', exp: Math.floor(Date.now() / 1000) + 60 };
  }

  function forge(header: object, payload: object, hash?: string): string {
    const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${hash === undefined ? '' : createHmac(hash, KEY).update(signed).digest('base64url')}`;
  }
});

function notify(body: object) {
  return {
    method: 'POST',
    path: '/api/notifications',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
