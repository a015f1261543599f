import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hasWorkers, type QueueType, TOPOLOGIES, type Topology } from '../../choices.ts';
import { runChatFlow } from '../../testing/chat-flow.ts';
import { describeChatFeatures } from '../../testing/contracts/chat-features-contract.ts';
import { DELIVERY_MODES, describeDeliveryModes } from '../../testing/contracts/delivery-modes-contract.ts';
import {
  describeCatchUp,
  describeSurvivalOfPubsub,
  describeSurvivalOfQueue,
} from '../../testing/contracts/survival-contract.ts';
import { isLoopback, listListeners } from '../../testing/listeners.ts';
import { launchTarget } from '../launch-target.ts';
import type { RunningTarget } from '../running-target.ts';
import { isAlive, listDescendants } from '../supervision/process-identity.ts';

/** Past the room, whose way the contract of topologies tests: to a user, a group, and everyone. */
const MODES = DELIVERY_MODES.filter(
  ([deliver, send]) => send === (deliver === 'everyone' ? 'http' : 'websocket'),
).filter(([deliver]) => deliver !== 'presence');

describe.each(TOPOLOGIES)('local %s', (topology) => {
  const { target } = launchOnce(topology, 'classic');

  test('delivers, in order and numbered without gaps', () => expectDelivery(target().endpoints, topology));
  describeChatFeatures(`${topology} on real brokers`, async () => target());
  describeDeliveryModes(`${topology} on real brokers`, MODES, () => target().endpoints);
  // Harm comes last. Broken STOMP sessions are the subject of topologies.integration.test.ts.
  if (topology !== 'stomp') describeCatchUp(topology, topology === 'fanout' ? 'amqp' : 'redis-pubsub', target);
  if (!hasWorkers(topology)) describeSurvivalOfPubsub(topology, target);
  else if (topology !== 'worker') describeSurvivalOfQueue(topology, target);
});

describe.each(TOPOLOGIES.filter(hasWorkers))('local %s with quorum queues', (topology) => {
  const { target } = launchOnce(topology, 'quorum');

  test('delivers, in order and numbered without gaps', () => expectDelivery(target().endpoints, topology));
  if (topology === 'worker') describeSurvivalOfQueue('worker with quorum queues', target);
});

/** One launch for all tests of a block. The first of them looks at it; after the last it has to leave nothing behind. */
function launchOnce(topology: Topology, queueType: QueueType): { target(): RunningTarget } {
  let base: string;
  let running: RunningTarget;

  beforeAll(async () => {
    // Instances are made in a directory of the test's own: what is left in it was left behind.
    base = mkdtempSync('/tmp/launch-test-');
    // As root the brokers run as another user, who has to pass through.
    chmodSync(base, 0o711);
    vi.stubEnv('TMPDIR', base);
    running = await launchTarget({ kind: 'local', topology, queueType, gateways: 2, workers: 2 }, { attach: false });
  });

  afterAll(async () => {
    const processes = listDescendants(process.pid);
    await running?.stop();
    const left = readdirSync(base).filter((name) => name.startsWith('chatbench-target-'));
    vi.unstubAllEnvs();
    rmSync(base, { recursive: true, force: true });
    expect({ left, alive: processes.filter(isAlive) }).toEqual({ left: [], alive: [] });
  });

  test('tells what it is made of, with versions, and listens on loopback only', () => {
    const withQueue = hasWorkers(topology);
    expect(running.description).toMatchObject({
      kind: 'local',
      topology,
      queueType: withQueue ? queueType : null,
      gateways: 2,
      workers: withQueue ? 2 : 0,
    });
    const { components } = running.description;
    const broker = withQueue ? ['rabbitmq', 'erlang'] : [];
    expect(components.map(({ name }) => name)).toEqual(['redis', ...broker, 'postgres', 'node']);
    for (const { version } of components) expect(version).toMatch(/^\d+\.\d+/);
    const listeners = listListeners(listDescendants(process.pid).map(({ pid }) => pid));
    // Redis, Postgres, two gateways; AMQP, Erlang's distribution, its port mapper, two workers; STOMP.
    expect(listeners.length).toBeGreaterThanOrEqual(4 + (withQueue ? 5 : 0) + (topology === 'stomp' ? 1 : 0));
    expect(listeners.filter((address) => !isLoopback(address))).toEqual([]);
  });

  return { target: () => running };
}

async function expectDelivery(endpoints: readonly string[], prefix: string): Promise<void> {
  const size = { rooms: 4, clientsPerRoom: 3, messages: 600, window: 100 };
  const audit = await runChatFlow({ endpoints, ...size, prefix });
  const none = { lost: 0, duplicated: 0, misrouted: 0, echoed: 0, reordered: 0, roomsWithGaps: 0 };
  expect(audit).toEqual({ acked: size.messages, ...none });
}
