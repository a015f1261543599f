import { encodeJoin, encodeSend } from '../../wire/client-frame.ts';
import { findStamps, readStamps, STAMP_SPAN_US } from '../../wire/hop-stamps.ts';
import { encodeMessage, kindOfServerFrame, type MessageFrame, readMessageSeq } from '../../wire/server-frame.ts';
import type { ChatProtocol, FrameKind } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { padBody } from '../pad-body.ts';

/** The bundled cluster's protocol, see docs/protocol.md: JSON text frames. */
export const referenceProtocol: ChatProtocol = {
  name: 'reference',
  senderReceives: false,
  acknowledges: true,
  hops: {
    legs: {
      delivery: ['to gateway', 'gateway', 'queue', 'worker', 'commit', 'publish', 'to recipient'],
      ack: ['to gateway', 'gateway', 'confirm', 'to sender'],
    },
    spanUs: STAMP_SPAN_US,
    read(_way, frame, stampsUs) {
      const at = findStamps(frame, stampsUs.length);
      return at >= 0 && readStamps(frame, at, stampsUs);
    },
  },
  open({ client, room, endpoint }) {
    return {
      url: `${endpoint}?user=u${client}&device=d0`,
      subprotocols: [],
      headers: {},
      frames: [encodeJoin(nameRoom(room))],
      readyFrames: 1,
    };
  },
  // The marker is the message id as well: acknowledgements and errors name the id, and so carry it back.
  encodeSend({ room }, marker, payloadBytes) {
    const frame = Buffer.from(encodeSend(marker, nameRoom(room), padBody(marker, payloadBytes)), 'latin1');
    return { frame, markerOffsets: findMarkerOffsets(frame, marker) };
  },
  classify(frame): FrameKind {
    const kind = kindOfServerFrame(frame);
    if (kind === 'message' || kind === 'ack' || kind === 'error') return kind;
    if (kind === 'joined') return 'ready';
    // A refusal like any other to the message that it names.
    return kind === 'rate_limited' ? 'error' : 'other';
  },
  history: {
    readPosition: readMessageSeq,
    urlAfter({ room, endpoint }, position) {
      const origin = new URL(endpoint).origin.replace(/^ws/, 'http');
      return `${origin}/rooms/${nameRoom(room)}/messages?after=${position}&limit=${PAGE_MESSAGES}`;
    },
    readPage(answer) {
      const { room, messages } = JSON.parse(answer) as HistoryAnswer;
      return messages.map(({ id, seq, from, at, body }) =>
        Buffer.from(encodeMessage(id, room, seq, from, at, JSON.stringify(body))),
      );
    },
  },
};

const PAGE_MESSAGES = 500;

/** Of `GET /rooms/ROOM/messages`, see docs/protocol.md. */
interface HistoryAnswer {
  readonly room: string;
  readonly messages: readonly Omit<MessageFrame, 't' | 'room'>[];
}

function nameRoom(room: number): string {
  return `r${room}`;
}
