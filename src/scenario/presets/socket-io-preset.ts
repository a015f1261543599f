import { z } from 'zod';
import { choice, describeValue, readBy, text } from '../file-schemas.ts';
import { type Brought, frame, OPENING_PLACEHOLDERS, openingRule, SEND_PLACEHOLDERS } from '../protocol-schemas.ts';
import type { FrameRule, FrameText, TemplateSpec } from '../protocol-spec.ts';
import { BODY_EXPECTED, hasBody } from '../send-block.ts';
import { asJson, boolean, definePreset, openingFrame, plainPreset, startsWith } from './preset.ts';

interface SocketIoOptions {
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
  readonly transport: 'websocket' | 'polling';
}

const DEFAULTS = {
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
 * Socket.IO 3 and 4: Engine.IO protocol 4 over a WebSocket, or by polling alone. A packet is a text frame: `0` opens the transport,
 * `40` connects to a namespace, `42` is an event, `43` calls back, and `2` from the server wants a `3`.
 */
function describeSocketIo(options: SocketIoOptions): TemplateSpec {
  const scope = options.namespace === '/' ? '' : `${options.namespace},`;
  const packet = (type: string, body: FrameText | null): FrameText => ({
    text: `${type}${body?.text ?? ''}`,
    encoding: body?.encoding ?? 'text',
  });
  return {
    ...plainPreset('socket.io'),
    transport: options.transport === 'polling' ? 'engine-io' : 'websocket',
    url: `{endpoint}${options.path}?EIO=4&transport=${options.transport}`,
    opening: [
      { send: [], await: startsWith('0{'), count: 1 },
      { send: [packet(`40${scope}`, options.auth)], await: startsWith(`40${scope}`), count: 1 },
      ...(options.join === null ? [] : [joinStep(options.join, options.joined, scope, packet)]),
    ],
    send: { by: 'frame', frame: packet(options.acks ? `42${scope}{seq}` : `42${scope}`, options.send) },
    answers: [{ to: [{ test: 'equals', text: '2' }], send: { text: '3', encoding: 'text' } }],
    message: startsWith(`42${scope}`),
    ack: options.acks ? [{ test: 'regex', pattern: `^43${escapePattern(scope)}(1\\d{10})\\[` }] : null,
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

function escapePattern(text: string): string {
  return text.replace(/[^\w,]/g, '\\$&');
}

/** An event: a list of its name and arguments. */
function event(example: string, allowed: readonly string[]) {
  return z.unknown().transform((value, context): FrameText => {
    if (Array.isArray(value) && typeof value[0] === 'string') return readBy(frame(allowed), value, context);
    context.addIssue(`expected an event and its arguments such as ${example}, got ${describeValue(value)}`);
    return z.NEVER;
  });
}

/** One word that stands for itself, or what the schema reads. */
function wordOr<const Word extends string | boolean, T>(word: Word, schema: z.ZodType<T>) {
  return z.unknown().transform((value, context): Word | T => (value === word ? word : readBy(schema, value, context)));
}

const keys = (brought: Brought) => ({
  transport: choice(['websocket', 'polling']).optional(),
  path: text(/^\/[\w./-]*\/$/, "a path with slashes at both ends such as '/socket.io/'").optional(),
  namespace: text(/^\/[\w./-]*$/, 'a namespace such as /chat').optional(),
  auth: openingFrame(brought).optional(),
  join: wordOr(false, event("['join', '{room}']", [...OPENING_PLACEHOLDERS, ...brought])).optional(),
  joined: wordOr('callback', openingRule(brought)).optional(),
  send: event("['message', { room: '{room}', text: '{body}' }]", [...SEND_PLACEHOLDERS, ...brought])
    .refine(hasBody, { error: BODY_EXPECTED })
    .optional(),
  acks: boolean.optional(),
});

export const socketIoPreset = definePreset('socket.io', keys, (given, isEchoed) =>
  describeSocketIo({
    transport: given.transport ?? 'websocket',
    path: given.path ?? DEFAULTS.path,
    namespace: given.namespace ?? DEFAULTS.namespace,
    auth: given.auth ?? null,
    join: given.join === false ? null : (given.join ?? asJson(DEFAULTS.join)),
    joined: given.joined ?? null,
    send: given.send ?? asJson(DEFAULTS.send),
    acks: given.acks ?? false,
    senderReceives: isEchoed ?? true,
  }),
);
