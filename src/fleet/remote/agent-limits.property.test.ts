import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { layOutRooms } from '../../plan/room-layout.ts';
import { splitPlan } from '../../plan/split-plan.ts';
import type { Population } from '../../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture } from '../../testing/plan-fixture.ts';
import type { ShardAssignment } from '../shard-messages.ts';
import { needsOf } from './agent-limits.ts';
import { toRemoteAssignment } from './remote-assignment.ts';

const populations: fc.Arbitrary<Population> = fc
  .record({
    roomClasses: fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 1, max: 12 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    roomChoice: fc.constantFrom({ kind: 'uniform' as const }, { kind: 'zipf' as const, exponent: 1.1 }),
  })
  .map(({ roomClasses, roomChoice }) => ({
    clients: roomClasses.reduce((sum, { size, count }) => sum + size * count, 0),
    roomClasses,
    roomChoice,
    senderShare: 1,
    connectPerSecond: null,
  }));

function assign(population: Population, shards: number): readonly ShardAssignment[] {
  const plan = buildPlanFixture({ population, load: loadFixture([holdRate(100, 1)]) });
  return splitPlan(plan, Math.min(shards, plan.rooms)).map((shard) => ({
    shard,
    protocol: 'echo' as const,
    endpoints: ['ws://127.0.0.1:4000'],
    hosts: PRIVATE_ONLY,
    spread: 'round-robin' as const,
    rateLimit: null,
    reconnect: null,
    sourceAddress: null,
    connectTimeoutUs: 1,
    deliveryTimeoutUs: 1,
    connectConcurrency: 1,
    precise: false,
  }));
}

it('counts the clients and the rate of a part as the plan deals them out, and of all parts the whole', () => {
  fc.assert(
    fc.property(populations, fc.integer({ min: 1, max: 6 }), (population, count) => {
      const remote = assign(population, count).map((one) => toRemoteAssignment(one, null));
      const layout = layOutRooms(remote[0]!.shard.plan);
      for (const one of remote) {
        const { index, count: shards } = one.shard;
        let clients = 0;
        for (let room = index; room < layout.rooms; room += shards) clients += layout.sizeOf(room);
        expect(needsOf([one]).clients).toBe(clients);
      }
      expect(needsOf(remote).clients).toBe(population.clients);
      expect(needsOf(remote).perSecond).toBeCloseTo(100, 6);
    }),
  );
});

describe('what leaves this machine', () => {
  const [plain] = assign(
    {
      clients: 2,
      roomClasses: [{ size: 2, count: 1 }],
      roomChoice: { kind: 'uniform' },
      senderShare: 1,
      connectPerSecond: null,
    },
    1,
  );

  it('is no private key', () => {
    const tls = { ca: 'an authority', cert: 'a certificate', key: 'its key', verifies: true };
    expect(() => toRemoteAssignment({ ...plain!, hosts: { ...PRIVATE_ONLY, tls } }, null)).toThrow(
      '--cert and --key: a private key does not leave this machine',
    );
    const trusting = { ...tls, cert: null, key: null };
    expect(toRemoteAssignment({ ...plain!, hosts: { ...PRIVATE_ONLY, tls: trusting } }, null).tls).toEqual({
      ca: 'an authority',
      verifies: true,
    });
  });

  it('is no module, but what its text hashes to', () => {
    const module = { kind: 'module' as const, file: '/home/somebody/protocol.ts' };
    const remote = toRemoteAssignment({ ...plain!, protocol: module }, 'ab12');
    expect(remote.protocol).toEqual({ kind: 'module', file: 'ab12' });
    expect(JSON.stringify(remote)).not.toContain('somebody');
  });

  it('is not what names stand for here', () => {
    const hosts = { allowed: ['chat.example'], addresses: { 'chat.example': ['10.0.0.1'] } };
    expect(JSON.stringify(toRemoteAssignment({ ...plain!, hosts }, null))).not.toContain('10.0.0.1');
  });

  it('is no token, wherever it stands', () => {
    const headers = { Authorization: 'Bearer a-token-that-nobody-may-see' };
    const template = {
      kind: 'template' as const,
      name: 'template',
      transport: 'websocket' as const,
      frames: 'text' as const,
      encoding: 'text' as const,
      compression: false,
      poll: null,
      mqtt: null,
      usersFile: null,
      login: null,
      url: '{endpoint}',
      headers,
      subprotocols: [],
      rooms: 'room-{n}',
      users: 'user-{n}',
      opening: [],
      send: { by: 'frame' as const, frame: { text: '{id}', encoding: 'text' as const } },
      heartbeat: null,
      answers: [],
      separator: null,
      message: null,
      ack: null,
      error: null,
      senderReceives: false,
    };
    const refusal = 'holds a secret, and no secret leaves this machine';
    expect(() => toRemoteAssignment({ ...plain!, protocol: template }, null)).toThrow(refusal);
    const named = { ...template, headers: { Authorization: `Bearer $${'{env:TOKEN}'}` } };
    expect(needsOf([toRemoteAssignment({ ...plain!, protocol: named }, null)]).variables).toEqual(['TOKEN']);
  });
});
