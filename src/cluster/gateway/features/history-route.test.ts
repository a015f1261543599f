import { afterEach, expect, test } from 'vitest';
import { ChatClient } from '../../../testing/chat-client.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../embedded/embedded-cluster.ts';
import type { MessageHistory } from '../../ports/message-store.ts';

let cluster: EmbeddedCluster;

afterEach(() => cluster.stop());

async function open(history?: MessageHistory): Promise<string> {
  const features = history === undefined ? {} : { history };
  cluster = await startEmbeddedCluster({ gateways: 1, workers: 1, features });
  return cluster.endpoints[0]!;
}

function urlOf(endpoint: string, query = ''): URL {
  return new URL(`/rooms/r/messages${query}`, endpoint.replace('ws', 'http'));
}

async function read(endpoint: string, query: string): Promise<{ messages: { seq: number }[]; more: boolean }> {
  const answer = await fetch(urlOf(endpoint, query));
  return (await answer.json()) as { messages: { seq: number }[]; more: boolean };
}

test('a page of large bodies is shorter than asked for, and says that there is more', async () => {
  const endpoint = await open();
  const ann = await ChatClient.connect(endpoint, 'ann');
  await ann.join('r');
  for (let n = 0; n < 30; n++) ann.ask({ t: 'send', id: `m${n}`, room: 'r', body: 'x'.repeat(60_000) });
  await ann.acks.atLeast(30);
  await expect.poll(async () => (await read(endpoint, '?after=29')).messages).toHaveLength(1);
  const first = await read(endpoint, '?limit=1000');
  expect([first.messages.length, first.more]).toEqual([18, true]);
  const second = await read(endpoint, '?limit=1000&after=18');
  expect([second.messages.map(({ seq }) => seq), second.more]).toEqual([
    Array.from({ length: 12 }, (_, n) => n + 19),
    false,
  ]);
  expect(await read(endpoint, '?after=0&limit=2')).toMatchObject({ more: true });
  expect(await read(endpoint, '?after=30')).toEqual({ room: 'r', messages: [], more: false });
});

test('more than 64 at once are refused, and when those are answered others are', async () => {
  const gate = Promise.withResolvers<void>();
  let readings = 0;
  const endpoint = await open({
    async history() {
      readings++;
      await gate.promise;
      return [];
    },
    lastSequences: async (rooms) => rooms.map(() => 0),
  });
  const held = Array.from({ length: 64 }, () => fetch(urlOf(endpoint)));
  await expect.poll(() => readings).toBe(64);
  const refused = await fetch(urlOf(endpoint));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.json()).toEqual({ code: 'overloaded', text: 'too many requests of this kind at once' });
  gate.resolve();
  for (const answer of await Promise.all(held)) {
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  }
  await expect.poll(async () => (await fetch(urlOf(endpoint))).status).toBe(200);
});
