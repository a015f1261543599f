import { expect, test } from 'vitest';
import { ChatClient } from '../../testing/chat-client.ts';
import { createMemoryUserPresence } from '../adapters/memory/memory-user-presence.ts';
import { startEmbeddedCluster } from '../embedded/embedded-cluster.ts';
import type { UserPresence } from '../ports/devices.ts';

const FRAMES = 5_000;
/** Of a length that no chunk of what is read holds 500 frames of. */
const STATUS = 'x'.repeat(200);

/** Presence that answers nobody until it is released. */
function standStill(presence: UserPresence) {
  const asked: (() => void)[] = [];
  let isHeld = true;
  const held: UserPresence = {
    ...presence,
    async beat(device) {
      await new Promise<void>((resolve) => {
        asked.push(resolve);
        if (!isHeld) resolve();
      });
      return presence.beat(device);
    },
  };
  const release = () => {
    isHeld = false;
    for (const answer of asked) answer();
  };
  return { held, asked, release };
}

test('a gateway reads a client no further while what it sent waits for others, and goes on afterwards', async () => {
  const presence = standStill(createMemoryUserPresence());
  const cluster = await startEmbeddedCluster({ gateways: 1, workers: 1, features: { presence: presence.held } });
  try {
    const [ann, bob] = await Promise.all(
      ['ann', 'bob'].map((user) => ChatClient.connect(cluster.endpoints[0] ?? '', user)),
    );
    for (let n = 0; n < FRAMES; n++) ann!.ask({ t: 'heartbeat', status: STATUS });
    await expect.poll(() => presence.asked.length).toBeGreaterThanOrEqual(64);
    // Others are served meanwhile, long enough for all of it to be read.
    await bob!.join('r');
    for (let n = 1; n <= 200; n++) {
      bob!.send(`m${n}`, 'r');
      await bob!.acks.atLeast(n);
    }
    expect(presence.asked.length).toBeLessThan(FRAMES / 5);
    presence.release();
    expect(await ann!.told('heartbeat', FRAMES)).toHaveLength(FRAMES);
    await Promise.all([ann!.close(), bob!.close()]);
  } finally {
    await cluster.stop();
  }
});
