import type { ChatProtocol, FrameKind } from '../chat-protocol.ts';
import { padBody } from '../pad-body.ts';

/** Any WebSocket echo server: a frame is the body itself, and the sender is its own and only recipient. */
export const echoProtocol: ChatProtocol = {
  name: 'echo',
  senderReceives: true,
  acknowledges: false,
  open: ({ endpoint }) => ({ url: endpoint, subprotocols: [], headers: {}, frames: [], readyFrames: 0 }),
  encodeSend(_client, marker, payloadBytes, body = padBody(marker, payloadBytes)) {
    return { frame: Buffer.from(body), markerOffsets: [0] };
  },
  classify: (): FrameKind => 'message',
};
