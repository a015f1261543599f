import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignGroups } from '../plan/assign-groups.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import { openSchedule } from '../plan/schedule.ts';
import type { ChatProtocol, FrameKind } from '../protocol/chat-protocol.ts';
import { padBody } from '../protocol/pad-body.ts';
import { randomUnit } from '../random.ts';
import { patchMarker } from '../record/marker.ts';
import type { Group, Scenario } from '../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { ConnectionListener, Connector } from './connection.ts';

const SECOND = 1_000_000;
const MS = 1_000;

/** How one way of speaking differs from another: what its frames begin with, and what the server does with its messages. */
interface Way {
  readonly letters: string;
  readonly senderReceives: boolean;
  readonly acknowledges: boolean;
}

const KINDS: readonly FrameKind[] = ['message', 'ack'];

function protocolOf({ letters, senderReceives, acknowledges }: Way): ChatProtocol {
  return {
    name: letters,
    senderReceives,
    acknowledges,
    open: ({ client }) => ({
      url: `ws://virtual/${letters}/${client}`,
      subprotocols: [],
      headers: {},
      frames: [],
      readyFrames: 0,
    }),
    encodeSend: (_client, marker, bytes) => ({
      frame: Buffer.from(`${letters[0]}${padBody(marker, bytes)}`),
      markerOffsets: [1],
    }),
    classify: (frame) => KINDS[letters.indexOf(String.fromCharCode(frame[0]!))] ?? 'other',
  };
}

/** Of the message that is this sender's n-th, whether the copy for this recipient is lost, or comes twice. */
type Fate = (sender: number, nth: number, recipient: number) => 'lost' | 'once' | 'twice';

/** One server, which speaks to everybody as they speak, and knows them by their numbers. */
function createServer(clock: VirtualClock, layout: PlanLayout, ways: readonly Way[], fate: Fate) {
  const peers = new Map<number, { readonly way: Way; readonly listener: ConnectionListener }>();
  const sent = new Map<number, number>();
  const push = (client: number, kind: number, body: Uint8Array) => {
    const peer = peers.get(client);
    if (peer === undefined) return;
    const frame = Buffer.concat([Buffer.from(peer.way.letters[kind]!), body.subarray(1)]);
    clock.after(3 * MS, () => peer.listener.onFrame(frame));
  };
  const connectorOf = (): Connector => ({
    async connect({ url }, _timeoutUs, listener) {
      const [, letters, number] = new URL(url).pathname.split('/');
      const client = Number(number);
      const way = ways.find((one) => one.letters === letters)!;
      peers.set(client, { way, listener });
      return {
        outcome: 'ok',
        connection: {
          isOpen: true,
          bufferedBytes: 0,
          sendText() {},
          sendPing() {},
          pauseReading() {},
          resumeReading() {},
          sendMessages(templates, room, sequences, payloads, onWrite) {
            onWrite(sequences);
            for (const [i, sequence] of sequences.entries()) {
              const { frame, markerOffsets } = templates[payloads[i]!]!;
              const body = Buffer.from(frame);
              // What is written in another way is none of this connection's.
              expect(String.fromCharCode(body[0]!)).toBe(way.letters[0]);
              for (const offset of markerOffsets) patchMarker(body, offset, sequence, room);
              const nth = sent.get(client) ?? 0;
              sent.set(client, nth + 1);
              if (way.acknowledges) push(client, 1, body);
              const first = layout.firstSeatOf(room);
              for (let member = first; member < first + layout.sizeOf(room); member++) {
                if (member === client && !way.senderReceives) continue;
                const copies = { lost: 0, once: 1, twice: 2 }[fate(client, nth, member)];
                for (let copy = 0; copy < copies; copy++) push(member, 0, body);
              }
            }
          },
          close: () => void peers.delete(client),
        },
      };
    },
  });
  return connectorOf;
}

const GROUPS: readonly Group[] = [
  { name: 'readers', share: 0.4, messages: 0 },
  { name: 'talkers', share: 0.3, messages: 0.5 },
  { name: 'movers', share: 0.3, messages: 0.5 },
];

const flags = fc.record({ senderReceives: fc.boolean(), acknowledges: fc.boolean() });

it('groups that speak different ways to one server have one ledger, in which each is expected what its own way promises', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.tuple(flags, flags, flags),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.constantFrom(0, 0.1),
      async (seed, [usual, one, other], hasOwn, share) => {
        const ways: readonly Way[] = [
          { letters: 'ma', ...usual },
          { letters: 'MA', ...one },
          { letters: 'xy', ...other },
        ];
        // Readers and movers may speak alike, or as all do.
        const wayOfGroup = hasOwn.map((own, group) => (own ? 1 + (group % 2) : 0));
        const scenario: Partial<Scenario> = {
          seed,
          population: populationFixture(20, 5),
          groups: GROUPS,
          load: loadFixture([holdRate(100, 1)]),
          phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: SECOND },
        };
        const fate: Fate = (sender, nth, recipient) => {
          const unit = randomUnit(seed, 200 + recipient, sender * 1_000 + nth);
          return unit < share ? 'lost' : unit < 2 * share ? 'twice' : 'once';
        };
        const plan = buildPlanFixture(scenario);
        const layout = layOutRooms(plan);
        const { groupOf } = assignGroups(plan)!;
        const clock = new VirtualClock();
        const connectorOf = createServer(clock, layout, ways, fate);
        const wires = ways.map((way) => ({ protocol: protocolOf(way), connector: connectorOf(), users: null }));
        const { ledger, groups, histograms } = await runShardOn(clock, wires[0]!.connector, scenario, {
          protocol: wires[0]!.protocol,
          groupWires: wayOfGroup.map((way) => (way === 0 ? null : wires[way]!)),
        });

        const zero = () => ({ sent: 0, acksExpected: 0, acked: 0, expected: 0, once: 0, lost: 0 });
        const counted = GROUPS.map(zero);
        let duplicated = 0;
        const sent = new Map<number, number>();
        for (const cursor = openSchedule({ index: 0, count: 1, plan }); cursor.advance(); ) {
          const { room, sender } = cursor;
          const nth = sent.get(sender) ?? 0;
          sent.set(sender, nth + 1);
          const group = groupOf[sender]!;
          const way = ways[wayOfGroup[group]!]!;
          const book = counted[group]!;
          book.sent++;
          if (way.acknowledges) book.acksExpected++;
          if (way.acknowledges) book.acked++;
          const first = layout.firstSeatOf(room);
          for (let member = first; member < first + layout.sizeOf(room); member++) {
            if (member === sender && !way.senderReceives) continue;
            book.expected++;
            const became = fate(sender, nth, member);
            if (became === 'lost') book.lost++;
            else book.once++;
            if (became === 'twice') duplicated++;
          }
        }
        for (const [index, group] of groups.entries())
          expect([group.name, group.ledger]).toMatchObject([GROUPS[index]!.name, counted[index]!]);
        for (const key of Object.keys(zero()) as (keyof ReturnType<typeof zero>)[]) {
          expect([key, ledger[key]]).toEqual([key, counted.reduce((sum, book) => sum + book[key], 0)]);
        }
        expect(ledger).toMatchObject({ duplicated, misrouted: 0, sent: plan.planned.measure });
        expect(histograms.ack.count).toBe(ledger.acked);
        expect(groups.map(({ clients }) => clients)).toEqual([8, 6, 6]);
      },
    ),
    { numRuns: 40 },
  );
});
