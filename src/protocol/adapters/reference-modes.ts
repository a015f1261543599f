import { directRoomOf } from '../../cluster/wire/direct-room.ts';
import { kindOfServerFrame, type ServerFrameKind } from '../../cluster/wire/server-frame.ts';
import type { ReferenceSpec } from '../../scenario/protocol-spec.ts';
import type { ChatProtocol, ClientIdentity, FrameKind, Opening, SendTemplate } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { padBody } from '../pad-body.ts';
import { historyUrl, nameRoom, nameUser, openWith, referenceProtocol, roomsOf, signalsTo } from './reference.ts';

/** The bundled cluster's protocol where messages are not sent to a room by WebSocket. */
export function createReferenceProtocol({ deliver, send }: ReferenceSpec): ChatProtocol {
  const mode = MODES[deliver];
  return send === 'websocket' ? mode : sendByHttp(mode, deliver);
}

/** What has no history and no members who signal, and no stamps on its way. */
const { history: ROOM_HISTORY, signals: _signals, hops: _hops, ...unstored } = referenceProtocol;

/** Between the two users of a room: recipients need no join, so that what is waited for is only that they are known. */
const direct: ChatProtocol = {
  ...referenceProtocol,
  joinsSeveral: false,
  open(client) {
    // The answer to a question about oneself comes after one's own device has been registered: before, messages would pass it by.
    const watch = encode({ t: 'watch', user: nameUser(client.client) });
    return { ...openWith(client, [watch]), readyFrames: 1, isReady: isOfKind('presence') };
  },
  encodeSend: (client, marker, payloadBytes) =>
    encodeTemplate({ t: 'direct', id: marker, to: peerOf(client) }, 'body', marker, payloadBytes),
  history: {
    ...ROOM_HISTORY!,
    urlAfter: (client, position) => historyUrl(client, directRoomOfClient(client), position, nameUser(client.client)),
  },
  signals: signalsTo(directRoomOfClient),
};

/** To the group of a room's members; the sender is one of them, and gets it as well. */
const group: ChatProtocol = {
  ...unstored,
  senderReceives: true,
  open: (client) =>
    openWith(
      client,
      roomsOf(client).map((room) => encode({ t: 'subscribe', group: nameGroup(room) })),
    ),
  encodeSend: (client, marker, payloadBytes) =>
    encodeTemplate({ t: 'notify', id: marker, to: { group: nameGroup(client.room) } }, 'body', marker, payloadBytes),
  classify: classifyBy({
    notification: 'message',
    pushed: 'ack',
    subscribed: 'ready',
    rate_limited: 'limited',
    error: 'error',
  }),
};

/** To all who are connected, the sender among them. Gateways take that over HTTP only. */
const everyone: ChatProtocol = {
  ...group,
  joinsSeveral: false,
  open: (client) => openWith(client, []),
};

/** A status, to the other members of the room: they watch each other. Heartbeats are acknowledged by nothing that names them. */
const presence: ChatProtocol = {
  ...unstored,
  joinsSeveral: false,
  acknowledges: false,
  open(client): Opening {
    const frames = listOthers(client).map((other) => encode({ t: 'watch', user: nameUser(other) }));
    return { ...openWith(client, frames), readyFrames: frames.length, isReady: isOfKind('presence') };
  },
  encodeSend: (_client, marker, payloadBytes) => encodeTemplate({ t: 'heartbeat' }, 'status', marker, payloadBytes),
  classify: classifyBy({ presence: 'message', error: 'error' }),
};

const MODES: Readonly<Record<ReferenceSpec['deliver'], ChatProtocol>> = {
  room: referenceProtocol,
  direct,
  group,
  everyone,
  presence,
};

/** Requests of one generator process that may be under way at once. */
const CONNECTIONS = 256;

/** The same messages as HTTP requests, acknowledged by their answers. A gateway sends them to their sender as well. */
function sendByHttp(mode: ChatProtocol, deliver: ReferenceSpec['deliver']): ChatProtocol {
  return {
    ...mode,
    senderReceives: true,
    acknowledges: true,
    hops: null,
    encodeSend(client, marker, payloadBytes) {
      const { path, ...fields } = describeRequest(deliver, client, marker);
      const template = encodeTemplate({ user: nameUser(client.client), ...fields }, 'body', marker, payloadBytes);
      const { origin } = new URL(client.endpoint.replace(/^ws/, 'http'));
      const headers = { 'content-type': 'application/json' };
      return {
        ...template,
        request: { method: 'POST', url: `${origin}${path}`, headers, connections: CONNECTIONS },
      };
    },
  };
}

function describeRequest(deliver: ReferenceSpec['deliver'], client: ClientIdentity, id: string) {
  if (deliver === 'room') return { path: '/api/messages', id, room: nameRoom(client.room) };
  if (deliver === 'direct') return { path: '/api/messages', id, to: peerOf(client) };
  const to = deliver === 'group' ? { group: nameGroup(client.room) } : { everyone: true };
  return { path: '/api/notifications', to };
}

/** Rooms of two are laid out pair by pair. */
function peerOf({ client }: ClientIdentity): string {
  return nameUser(client % 2 === 0 ? client + 1 : client - 1);
}

function directRoomOfClient(client: ClientIdentity): string {
  return directRoomOf(nameUser(client.client), peerOf(client))!;
}

function nameGroup(room: number): string {
  return `g${room}`;
}

function listOthers({ client, members }: ClientIdentity): readonly number[] {
  if (members === undefined) return [];
  return Array.from({ length: members.count }, (_, i) => members.first + i).filter((member) => member !== client);
}

function encodeTemplate(fields: object, bodyKey: string, marker: string, payloadBytes: number): SendTemplate {
  const frame = Buffer.from(encode({ ...fields, [bodyKey]: padBody(marker, payloadBytes) }), 'latin1');
  return { frame, markerOffsets: findMarkerOffsets(frame, marker) };
}

function encode(frame: object): string {
  return JSON.stringify(frame);
}

function isOfKind(kind: ServerFrameKind): (frame: Buffer) => boolean {
  return (frame) => kindOfServerFrame(frame) === kind;
}

function classifyBy(kinds: Readonly<Partial<Record<ServerFrameKind, FrameKind>>>): (frame: Buffer) => FrameKind {
  return (frame) => {
    const kind = kindOfServerFrame(frame);
    return (kind === undefined ? undefined : kinds[kind]) ?? 'other';
  };
}
