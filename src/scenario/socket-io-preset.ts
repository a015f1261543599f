import { PLAIN } from './plain-template.ts';
import type { FrameRule, FrameText, TemplateSpec } from './protocol-spec.ts';

export interface SocketIoOptions {
  /** Where Engine.IO listens, "/socket.io/". */
  readonly path: string;
  readonly namespace: string;
  /** What is sent with the connection to the namespace, as JSON; null: nothing. */
  readonly auth: FrameText | null;
  /** Event and arguments that make a client a member, as a JSON list; null: the server does it by itself. */
  readonly join: FrameText | null;
  /** What tells that the client has joined; `callback`: the server calls back; null: nothing does. */
  readonly joined: FrameRule | 'callback' | null;
  readonly send: FrameText;
  /** The server calls back for every message. */
  readonly acks: boolean;
  readonly senderReceives: boolean;
}

export const SOCKET_IO_DEFAULTS = {
  path: '/socket.io/',
  namespace: '/',
  join: ['join', '{room}'],
  send: ['message', { room: '{room}', id: '{id}', text: '{body}' }],
} as const;

/** The beginning of an object with a member `error` that says anything. Members before it that are objects hide it. */
const WITH_ERROR = String.raw`\{(?:[^{}]*,)?\s*"error"\s*:\s*(?!\s*(?:null|false|0|""))`;

/** Callback of the event that joins; messages have their own numbers, of eleven digits. */
const JOIN_CALLBACK = 0;

/**
 * Socket.IO 3 and 4 without long polling: Engine.IO protocol 4 over a WebSocket. A packet is a text frame: `0` opens the transport,
 * `40` connects to a namespace, `42` is an event, `43` calls back, and `2` from the server wants a `3`.
 */
export function describeSocketIo(options: SocketIoOptions): TemplateSpec {
  const scope = options.namespace === '/' ? '' : `${options.namespace},`;
  const packet = (type: string, body: FrameText | null): FrameText => ({
    text: `${type}${body?.text ?? ''}`,
    encoding: body?.encoding ?? 'text',
  });
  return {
    ...PLAIN,
    kind: 'template',
    name: 'socket.io',
    url: `{endpoint}${options.path}?EIO=4&transport=websocket`,
    headers: {},
    subprotocols: [],
    rooms: 'r{n}',
    users: 'u{n}',
    opening: [
      { send: [], await: startingWith('0{'), count: 1 },
      { send: [packet(`40${scope}`, options.auth)], await: startingWith(`40${scope}`), count: 1 },
      ...(options.join === null ? [] : [joinStep(options.join, options.joined, scope, packet)]),
    ],
    send: { by: 'frame', frame: packet(options.acks ? `42${scope}{seq}` : `42${scope}`, options.send) },
    heartbeat: null,
    answers: [{ to: [{ test: 'equals', text: '2' }], send: { text: '3', encoding: 'text' } }],
    message: startingWith(`42${scope}`),
    ack: options.acks ? [{ test: 'regex', pattern: `^43${escapePattern(scope)}(1\\d{10})\\[` }] : null,
    separator: null,
    // A connection to the namespace that is refused, or ended by the server; or a callback with { error: … }.
    error: [{ test: 'regex', pattern: `^(?:4[14]|43${escapePattern(scope)}\\d+\\[${WITH_ERROR})` }],
    senderReceives: options.senderReceives,
  };
}

function joinStep(
  join: FrameText,
  joined: SocketIoOptions['joined'],
  scope: string,
  packet: (type: string, body: FrameText) => FrameText,
): TemplateSpec['opening'][number] {
  const callsBack = joined === 'callback';
  return {
    send: [packet(`42${scope}${callsBack ? JOIN_CALLBACK : ''}`, join)],
    await: callsBack ? calledBack(scope) : joined,
    count: 1,
  };
}

/** Without an error, so that one is told as the refusal that it is. */
function calledBack(scope: string): FrameRule {
  return [{ test: 'regex', pattern: `^43${escapePattern(scope)}${JOIN_CALLBACK}\\[(?!${WITH_ERROR})` }];
}

function startingWith(text: string): FrameRule {
  return [{ test: 'starts-with', text }];
}

function escapePattern(text: string): string {
  return text.replace(/[^\w,]/g, '\\$&');
}
