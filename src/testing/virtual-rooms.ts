import type { ConnectionListener, Connector } from '../generator/connection.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { ChatProtocol, FrameKind } from '../protocol/chat-protocol.ts';
import { padBody } from '../protocol/pad-body.ts';
import { randomUint32, randomUnit } from '../random.ts';
import { patchMarker } from '../record/marker.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a server does, by the sender of a message, which of its messages it is, and the recipient: all of them seats. */
export interface RoomScript {
  readonly senderReceives: boolean;
  readonly acknowledges: boolean;
  /** From a message's arrival to each copy that this member of its room gets of it. */
  copiesOf(sender: number, nth: number, recipient: number): readonly number[];
  /** A seat in another room whose client gets it, too; null: none does. */
  strangerOf?(sender: number, nth: number, layout: PlanLayout): number | null;
  /** The message is refused by a limiter, and nobody gets it. */
  isLimited?(sender: number, nth: number): boolean;
  /** When the server ends a client's connection; null: never. */
  breaksAtUs?(client: number): number | null;
}

export interface VirtualRooms {
  readonly protocol: ChatProtocol;
  /** Of one shard, or of all. */
  readonly connector: Connector;
}

const KINDS: Readonly<Record<string, FrameKind>> = { m: 'message', a: 'ack', l: 'limited' };

/** A server with rooms on the virtual clock, for clients of any number of shards. */
export function createVirtualRooms(clock: VirtualClock, layout: PlanLayout, script: RoomScript): VirtualRooms {
  const peers = new Map<number, ConnectionListener>();
  const sent = new Map<number, number>();

  const pushAfter = (delayUs: number, seat: number, kind: string, body: Uint8Array) => {
    const frame = Buffer.concat([Buffer.from(kind), body.subarray(1)]);
    clock.after(delayUs, () => peers.get(layout.clientOf(seat))?.onFrame(frame));
  };
  const accept = (client: number, room: number, body: Uint8Array) => {
    const sender = Array.from(layout.seatsOf(client)).find((seat) => layout.roomOf(seat) === room)!;
    const nth = sent.get(sender) ?? 0;
    sent.set(sender, nth + 1);
    if (script.isLimited?.(sender, nth)) {
      pushAfter(ANSWER_US, sender, 'l', body);
      return;
    }
    if (script.acknowledges) pushAfter(ANSWER_US, sender, 'a', body);
    const first = layout.firstSeatOf(room);
    for (let recipient = first; recipient < first + layout.sizeOf(room); recipient++) {
      if (recipient === sender && !script.senderReceives) continue;
      for (const delayUs of script.copiesOf(sender, nth, recipient)) pushAfter(delayUs, recipient, 'm', body);
    }
    const stranger = script.strangerOf?.(sender, nth, layout) ?? null;
    if (stranger !== null) pushAfter(ANSWER_US, stranger, 'm', body);
  };
  return {
    protocol: {
      name: 'rooms',
      senderReceives: script.senderReceives,
      acknowledges: script.acknowledges,
      joinsSeveral: true,
      open: ({ client }) => ({
        url: `ws://virtual/${client}`,
        subprotocols: [],
        headers: {},
        frames: [],
        readyFrames: 0,
      }),
      encodeSend: (_client, marker, bytes) => ({
        frame: Buffer.from(`m${padBody(marker, bytes)}`),
        markerOffsets: [1],
      }),
      classify: (frame) => KINDS[String.fromCharCode(frame[0]!)] ?? 'other',
    },
    connector: {
      async connect(opening, _timeoutUs, listener) {
        const client = Number(new URL(opening.url).pathname.slice(1));
        peers.set(client, listener);
        const breaksAtUs = script.breaksAtUs?.(client) ?? null;
        if (breaksAtUs !== null) {
          clock.after(breaksAtUs - clock.nowUs(), () => {
            if (peers.delete(client)) listener.onClose('gone');
          });
        }
        return {
          outcome: 'ok',
          connection: {
            get isOpen() {
              return peers.get(client) === listener;
            },
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
                for (const offset of markerOffsets) patchMarker(body, offset, sequence, room);
                accept(client, room, body);
              }
            },
            close() {
              peers.delete(client);
            },
          },
        };
      },
    },
  };
}

/** Soon: while all shards still listen. */
const ANSWER_US = 40_000;

export interface DrawnScript {
  readonly seed: number;
  /** Shares of deliveries. */
  readonly loses: number;
  readonly repeats: number;
  /** Shares of messages. */
  readonly leaks: number;
  readonly limits: number;
  /** Share of clients. */
  readonly breaks: number;
  readonly slowestUs: number;
  readonly senderReceives: boolean;
  readonly acknowledges: boolean;
}

/** A script in which all is drawn: the same for the same message and recipient, in whatever shards they are. */
export function drawScript(drawn: DrawnScript): RoomScript {
  const { seed, senderReceives, acknowledges } = drawn;
  const ofMessage = (use: number, sender: number, nth: number) => randomUnit(seed, use, sender * 2 ** 20 + nth);
  const ofDelivery = (use: number, sender: number, nth: number, recipient: number) =>
    randomUnit(randomUint32(seed, use, recipient), use, sender * 2 ** 20 + nth);
  return {
    senderReceives,
    acknowledges,
    copiesOf(sender, nth, recipient) {
      if (ofDelivery(100, sender, nth, recipient) < drawn.loses) return [];
      const delayUs = Math.floor(ofDelivery(101, sender, nth, recipient) * drawn.slowestUs);
      return ofDelivery(102, sender, nth, recipient) < drawn.repeats ? [delayUs, delayUs + ANSWER_US] : [delayUs];
    },
    strangerOf(sender, nth, layout) {
      if (layout.rooms < 2 || ofMessage(103, sender, nth) >= drawn.leaks) return null;
      const room = (layout.roomOf(sender) + 1) % layout.rooms;
      return layout.firstSeatOf(room) + Math.floor(ofMessage(104, sender, nth) * layout.sizeOf(room));
    },
    isLimited: (sender, nth) => acknowledges && ofMessage(105, sender, nth) < drawn.limits,
    breaksAtUs: (client) => {
      if (randomUnit(seed, 106, client) >= drawn.breaks) return null;
      return Math.floor(randomUnit(seed, 107, client) * 2_000_000);
    },
  };
}
