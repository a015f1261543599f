import type { ChatProtocol, FrameKind } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { padBody } from '../pad-body.ts';

/** The bundled cluster's protocol (see docs/protocol.md): JSON text frames whose first key is always `"t"`. */
export const referenceProtocol: ChatProtocol = {
  name: 'reference',
  senderReceives: false,
  acknowledges: true,
  open({ client, room, endpoint }) {
    return {
      url: `${endpoint}?user=u${client}&device=d0`,
      subprotocols: [],
      headers: {},
      frames: [`{"t":"join","room":"r${room}"}`],
      readyFrames: 1,
    };
  },
  // The marker is the message id as well: acknowledgements and errors name the id, and so carry it back.
  encodeSend({ room }, marker, payloadBytes) {
    const body = padBody(marker, payloadBytes);
    const frame = Buffer.from(`{"t":"send","id":"${marker}","room":"r${room}","body":"${body}"}`, 'latin1');
    return { frame, markerOffsets: findMarkerOffsets(frame, marker) };
  },
  classify(frame): FrameKind {
    // {"t":"message"…, {"t":"ack"…, {"t":"error"…, {"t":"joined"…: the seventh byte tells them apart.
    switch (frame[6]) {
      case LETTER.m:
        return 'message';
      case LETTER.a:
        return 'ack';
      case LETTER.e:
        return 'error';
      case LETTER.j:
        return 'ready';
      default:
        return 'other';
    }
  },
};

const LETTER = { a: 0x61, e: 0x65, j: 0x6a, m: 0x6d } as const;
