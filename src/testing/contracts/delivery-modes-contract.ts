import { describe, expect, test } from 'vitest';
import type { Deliver, SendWay } from '../../scenario/protocol-spec.ts';
import { driveTarget } from '../drive-target.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../plan-fixture.ts';

/** A way of delivering, the members of a room, and how many of them get each message. */
export type DeliveryMode = readonly [deliver: Deliver, send: SendWay, room: number, recipients: number];

export const DELIVERY_MODES: readonly DeliveryMode[] = [
  ['room', 'http', 3, 3],
  ['direct', 'websocket', 2, 1],
  ['direct', 'http', 2, 2],
  ['group', 'websocket', 4, 4],
  ['group', 'http', 4, 4],
  ['everyone', 'http', 12, 12],
  ['presence', 'websocket', 4, 3],
];

const MESSAGES = 40;
const SECOND_US = 1_000_000;
let runs = 0;

/** Whom the instrument's messages reach by each mode, over all gateways of a cluster that limits nobody. */
export function describeDeliveryModes(
  name: string,
  modes: readonly DeliveryMode[],
  listEndpoints: () => readonly string[],
): void {
  describe(`the instrument over ${name}`, () => {
    test.each(modes)('%s by %s, in rooms of %i, reaches %i each, once', async (deliver, send, size, recipients) => {
      const plan = buildPlanFixture(
        {
          population: populationFixture(12, size),
          load: loadFixture([holdRate(100, MESSAGES / 100)]),
          phases: { warmupUs: 0, measureUs: (MESSAGES / 100) * SECOND_US, drainTimeoutUs: 20 * SECOND_US },
        },
        // Ids of messages begin with it, and a cluster knows those of a mode before.
        `m${String(runs++).padStart(3, '0')}`,
      );
      const { ledger, posts } = await driveTarget(listEndpoints(), plan, { kind: 'reference', deliver, send });
      const none = { skipped: 0, rejected: 0, lost: 0, duplicated: 0, misrouted: 0 };
      const acked = deliver === 'presence' ? 0 : MESSAGES;
      const expected = MESSAGES * recipients;
      expect(ledger).toMatchObject({ sent: MESSAGES, acked, expected, once: expected, ...none });
      // Requests of one user may overtake each other.
      if (send === 'websocket') expect(ledger.reordered).toBe(0);
      expect(posts?.latency.count ?? null).toBe(send === 'http' ? MESSAGES : null);
    });
  });
}
