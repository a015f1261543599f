import { afterEach, expect, test, vi } from 'vitest';
import { ChatClient } from '../../../testing/chat-client.ts';
import { createMemoryFeatures } from '../../adapters/memory/memory-features.ts';
import { createMemoryStore } from '../../adapters/memory/memory-store.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../embedded/embedded-cluster.ts';
import type { FeaturePorts } from './feature-ports.ts';

const ROOMS = 500;
let cluster: EmbeddedCluster;

afterEach(() => cluster.stop());

/** A cluster whose history and cursors are spied upon. */
async function open() {
  const store = createMemoryStore();
  const features = createMemoryFeatures(store, null);
  const { history, cursors } = features;
  const spied: Partial<FeaturePorts> = {
    ...features,
    history: { history: vi.fn(history.history), lastSequences: vi.fn(history.lastSequences) },
    cursors: { advance: cursors.advance, read: vi.fn(cursors.read) },
  };
  cluster = await startEmbeddedCluster({ gateways: 1, workers: 1, features: spied });
  const append = (room: string, id: string) =>
    store.append([{ id, room, from: 'bob', connection: 'x', at: '1', bodyJson: '""' }]);
  return { endpoint: cluster.endpoints[0]!, history: spied.history!, cursors: spied.cursors!, append };
}

test('resuming 500 rooms asks once where they end, and reads only those in which something was said', async () => {
  const { endpoint, history, cursors, append } = await open();
  const first = await ChatClient.connect(endpoint, 'ann', 'd0', '');
  const [session] = await first.told('session');
  for (let i = 0; i < ROOMS; i++) await first.join(`r${i}`);
  await first.close();
  for (const id of ['m1', 'm2']) await append('r7', id);
  vi.mocked(history.history).mockClear();
  vi.mocked(history.lastSequences).mockClear();
  vi.mocked(cursors.read).mockClear();

  const again = await ChatClient.connect(endpoint, 'ann', 'd0', session!.id);
  const synced = await again.told('synced', ROOMS);
  expect(new Set(synced.map(({ room }) => room)).size).toBe(ROOMS);
  expect(synced.filter(({ seq }) => seq > 0)).toEqual([{ t: 'synced', room: 'r7', seq: 2 }]);
  expect(again.messages.items.map(({ id }) => id)).toEqual(['m1', 'm2']);
  expect(cursors.read).toHaveBeenCalledTimes(1);
  expect(history.lastSequences).toHaveBeenCalledTimes(1);
  expect(new Set(vi.mocked(history.history).mock.calls.map(([room]) => room))).toEqual(new Set(['r7']));

  // Stored after the question, by somebody whose message passed before this device was a member.
  await append('r9', 'late');
  await expect.poll(() => again.messages.items.at(-1)?.id, { timeout: 5_000 }).toBe('late');
  expect(history.lastSequences).toHaveBeenCalledTimes(2);
  again.webSocket.terminate();
});
