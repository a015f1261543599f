import { encodeRead, encodeTyping } from '../../cluster/wire/client-feature-frame.ts';
import { encodeJoin, encodeSend } from '../../cluster/wire/client-frame.ts';
import { findStamps, readStamps, STAMP_SPAN_US } from '../../cluster/wire/hop-stamps.ts';
import {
  encodeMessage,
  kindOfServerFrame,
  type MessageFrame,
  readMessageSeq,
} from '../../cluster/wire/server-frame.ts';
import type { ChatProtocol, ClientIdentity, FrameKind, Opening, RoomSignals } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { padBody } from '../pad-body.ts';
import { readErrorCode } from '../read-error-code.ts';

/** The bundled cluster's protocol, see docs/protocol.md: JSON text frames. Joins rooms, and sends to them by WebSocket. */
export const referenceProtocol: ChatProtocol = {
  name: 'reference',
  joinsSeveral: true,
  senderReceives: false,
  acknowledges: true,
  hops: {
    legs: {
      delivery: ['to gateway', 'gateway', 'queue', 'worker', 'commit', 'publish', 'to recipient'],
      ack: ['to gateway', 'gateway', 'confirm', 'to sender'],
    },
    // Topologies whose gateways number and store messages themselves.
    otherLegs: {
      delivery: [['to gateway', 'gather', 'channel', 'to recipient']],
      ack: [['to gateway', 'gather', 'number', 'store', 'to sender']],
    },
    spanUs: STAMP_SPAN_US,
    read(_way, frame, stampsUs) {
      const at = findStamps(frame, stampsUs.length);
      return at >= 0 && readStamps(frame, at, stampsUs);
    },
  },
  open: (client) =>
    openWith(
      client,
      roomsOf(client).map((room) => encodeJoin(nameRoom(room))),
    ),
  // The marker is the message id as well: acknowledgements and errors name the id, and so carry it back.
  encodeSend({ room }, marker, payloadBytes) {
    const frame = Buffer.from(encodeSend(marker, nameRoom(room), padBody(marker, payloadBytes)), 'latin1');
    return { frame, markerOffsets: findMarkerOffsets(frame, marker) };
  },
  classify(frame): FrameKind {
    const kind = kindOfServerFrame(frame);
    if (kind === 'message' || kind === 'ack' || kind === 'error') return kind;
    if (kind === 'joined') return 'ready';
    return kind === 'rate_limited' ? 'limited' : 'other';
  },
  readCode: (frame: Buffer) => (kindOfServerFrame(frame) === 'rate_limited' ? 'rate_limited' : readErrorCode(frame)),
  history: {
    readPosition: readMessageSeq,
    urlAfter: (client, position) => historyUrl(client, nameRoom(client.room), position),
    readPage(answer) {
      const { room, messages } = JSON.parse(answer) as HistoryAnswer;
      return messages.map(({ id, seq, from, at, body }) =>
        Buffer.from(encodeMessage(id, room, seq, from, at, JSON.stringify(body))),
      );
    },
  },
  signals: signalsTo((client) => nameRoom(client.room)),
};

/** @param roomOf the name of a client's room */
export function signalsTo(roomOf: (client: ClientIdentity) => string): RoomSignals {
  return {
    encodeTyping: (client) => Buffer.from(encodeTyping(roomOf(client)), 'latin1'),
    encodeReceipt(client) {
      const position = '0'.padStart(POSITION_CHARACTERS);
      const frame = Buffer.from(encodeRead(roomOf(client), position), 'latin1');
      return { frame, positionOffset: frame.lastIndexOf(position) };
    },
    readSignal(frame) {
      const kind = kindOfServerFrame(frame);
      if (kind === 'typing') return 'typing';
      return kind === 'read' ? 'receipts' : null;
    },
  };
}

const POSITION_CHARACTERS = 10;

const PAGE_MESSAGES = 500;

/** Of `GET /rooms/ROOM/messages`, see docs/protocol.md. */
interface HistoryAnswer {
  readonly room: string;
  readonly messages: readonly Omit<MessageFrame, 't' | 'room'>[];
}

export function roomsOf({ room, rooms = [room] }: ClientIdentity): readonly number[] {
  return rooms;
}

/** Each of the frames is answered by one that is ready. */
export function openWith({ client, endpoint }: ClientIdentity, frames: readonly string[]): Opening {
  return {
    url: `${endpoint}?user=${nameUser(client)}&device=d0`,
    subprotocols: [],
    headers: {},
    frames,
    readyFrames: frames.length,
  };
}

/** @param user whose right it is to read the room, where not everybody has it */
export function historyUrl({ endpoint }: ClientIdentity, room: string, position: number, user?: string): string {
  const origin = new URL(endpoint).origin.replace(/^ws/, 'http');
  const asker = user === undefined ? '' : `&user=${user}`;
  return `${origin}/rooms/${encodeURIComponent(room)}/messages?after=${position}&limit=${PAGE_MESSAGES}${asker}`;
}

export function nameRoom(room: number): string {
  return `r${room}`;
}

export function nameUser(client: number): string {
  return `u${client}`;
}
