import { afterEach, expect, test } from 'vitest';
import { ChatClient } from '../../../testing/chat-client.ts';
import { createMemoryUserPresence } from '../../adapters/memory/memory-user-presence.ts';
import {
  type EmbeddedCluster,
  type EmbeddedClusterOptions,
  startEmbeddedCluster,
} from '../../embedded/embedded-cluster.ts';
import { ROOMS_PER_CONNECTION } from '../connection.ts';

const LONG_MS = 10 ** 9;
let cluster: EmbeddedCluster;

afterEach(() => cluster.stop());

async function open(options: Omit<EmbeddedClusterOptions, 'gateways' | 'workers'>): Promise<readonly string[]> {
  cluster = await startEmbeddedCluster({ gateways: 2, workers: 1, ...options });
  return cluster.endpoints;
}

test.each(['fixed', 'sliding'] as const)('what is beyond the quota of a user is refused, %s window', async (kind) => {
  const [near, far] = await open({ rateLimit: { kind, limit: 3, windowMs: LONG_MS } });
  const [phone, laptop] = [await ChatClient.connect(near!, 'ann'), await ChatClient.connect(far!, 'ann', 'd1')];
  const bob = await ChatClient.connect(near!, 'bob');
  await Promise.all([phone.join('r'), laptop.join('r'), bob.join('r')]);
  for (const id of ['m1', 'm2']) phone.send(id, 'r');
  await phone.acks.atLeast(2);
  laptop.ask({ t: 'direct', id: 'm3', to: 'bob', body: '' });
  await laptop.acks.atLeast(1);
  phone.send('m4', 'r');
  laptop.ask({ t: 'notify', id: 'm5', to: { user: 'bob' }, body: '' });
  const [refusal] = await phone.told('rate_limited');
  expect(refusal).toMatchObject({ t: 'rate_limited', id: 'm4', remaining: 0 });
  expect(refusal!.retryAfterMs).toBeGreaterThan(0);
  expect(refusal!.retryAfterMs).toBeLessThanOrEqual(LONG_MS);
  expect(await laptop.told('rate_limited')).toMatchObject([{ id: 'm5' }]);
  const answer = await fetch(new URL('/api/messages', near!.replace('ws', 'http')), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'ann', room: 'r', body: '' }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([429, { code: 'rate_limited', remaining: 0 }]);
  bob.send('m6', 'r');
  await bob.acks.atLeast(1);
  expect((await bob.messages.atLeast(3)).map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
  expect(await (await fetch(near!.replace('ws', 'http').replace('/ws', '/stats'))).json()).toMatchObject({
    rateLimited: 2,
    refused: 2,
  });
});

test('messages that are limited keep their order', async () => {
  const [near, far] = await open({ rateLimit: { kind: 'sliding', limit: 200, windowMs: LONG_MS } });
  const [ann, bob] = [await ChatClient.connect(near!, 'ann'), await ChatClient.connect(far!, 'bob')];
  await Promise.all([ann.join('r'), bob.join('r')]);
  const ids = Array.from({ length: 200 }, (_, n) => `m${n}`);
  for (const id of ids) ann.send(id, 'r');
  expect((await bob.messages.atLeast(200)).map(({ id }) => id)).toEqual(ids);
});

test('a user whose heartbeats stop is told to be gone', async () => {
  const [near, far] = await open({ features: { presence: createMemoryUserPresence(150) } });
  const [ann, bob] = [await ChatClient.connect(near!, 'ann'), await ChatClient.connect(far!, 'bob')];
  ann.ask({ t: 'watch', user: 'bob' });
  await ann.told('presence');
  bob.ask({ t: 'heartbeat' });
  expect((await ann.told('presence', 3)).map(({ online }) => online)).toEqual([false, true, false]);
  ann.ask({ t: 'unwatch', user: 'bob' });
  ann.ask({ t: 'watch', user: 'bob' });
  expect((await ann.told('presence', 4))[3]).toMatchObject({ online: false });
});

test('a connection can be in so many rooms and no more', async () => {
  const [near] = await open({});
  const ann = await ChatClient.connect(near!, 'ann');
  // One of them is the channel of the user.
  for (let n = 1; n < ROOMS_PER_CONNECTION; n++) ann.ask({ t: 'join', room: `r${n}` });
  await ann.told('joined', ROOMS_PER_CONNECTION - 1);
  for (const frame of [
    { t: 'join', room: 'more' },
    { t: 'watch', user: 'bob' },
    { t: 'subscribe', group: 'staff' },
  ]) {
    ann.ask(frame);
  }
  expect((await ann.told('error', 3)).map(({ code }) => code)).toEqual(['too-many', 'too-many', 'too-many']);
  ann.ask({ t: 'leave', room: 'r1' });
  await ann.told('left');
  await ann.join('more');
});

test.each([
  ['GET', '/api/messages', undefined, 405],
  ['POST', '/api/messages', 'rubbish', 400],
  ['POST', '/api/messages', '{"user":"ann","room":"@all","body":""}', 400],
  ['POST', '/api/messages', '{"user":"a b","room":"r","body":""}', 400],
  ['POST', '/api/messages', '{"user":"ann","room":"r","to":"bob","body":""}', 400],
  ['POST', '/api/messages', `{"user":"ann","room":"r","body":"${'x'.repeat(70_000)}"}`, 413],
  ['POST', '/api/notifications', '{"user":"ann","to":"bob","body":""}', 400],
  ['POST', '/api/notifications', '{"user":"ann","to":{"user":"bob"}}', 400],
  ['GET', '/rooms/r/messages?limit=1001', undefined, 400],
  ['GET', '/rooms/r/messages?after=-1', undefined, 400],
  ['GET', '/rooms/%40all/messages', undefined, 400],
  ['GET', '/rooms/%E0%A4/messages', undefined, 400],
  ['GET', '/rooms/%40d:3:ann:bob/messages', undefined, 403],
  ['GET', '/rooms/%40d:3:ann:bob/messages?user=eve', undefined, 403],
  ['GET', '/rooms/%40d:3:ann:bob/messages?user=bob', undefined, 200],
  ['GET', '/nowhere', undefined, 404],
])('%s %s with %.50s is answered with its status', async (method, path, body, status) => {
  const [near] = await open({});
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(new URL(path, near!.replace('ws', 'http')), { method, headers, ...(body && { body }) });
  expect(response.status).toBe(status);
});
