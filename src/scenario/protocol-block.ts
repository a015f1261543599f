import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { describeValue, list, mapping, quantity, text } from './file-schemas.ts';
import {
  address,
  frame,
  headers,
  heartbeat,
  names,
  OPENING_PLACEHOLDERS,
  openingRule,
  rule,
  SEND_PLACEHOLDERS,
  separator,
  subprotocols,
  TEST_KEYS,
  template,
} from './protocol-schemas.ts';
import type { FrameText, OpeningStepSpec, ProtocolSpec, SendSpec, TemplateSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';
import { describeSocketIo, SOCKET_IO_DEFAULTS } from './socket-io-preset.ts';
import { describeStomp, STOMP_DEFAULTS } from './stomp-preset.ts';

export const PROTOCOL_NAMES = ['reference', 'echo', 'socket.io', 'stomp'] as const;
const PRESETS = ['socket.io', 'stomp'] as const;

const MAX_STEPS = 50;
const MAX_CONNECTIONS = 10_000;
const DEFAULT_CONNECTIONS = 64;

const boolean = z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` });

/** What every description may say, a preset's included; it replaces what the preset says. */
const commonKeys = {
  url: address(['ws://', 'wss://', '{endpoint}'], "'{endpoint}/ws/{room}/{user}'").optional(),
  headers: headers.optional(),
  subprotocols: subprotocols.optional(),
  rooms: names.optional(),
  users: names.optional(),
  separator: separator.optional(),
  'sender-receives': boolean.optional(),
};

const openKeys = {
  send: frame(OPENING_PLACEHOLDERS).optional(),
  await: openingRule.optional(),
  count: quantity(rules.clients).optional(),
};

const httpKeys = {
  method: text(/^[A-Z]{1,20}$/, 'a method such as POST').optional(),
  url: address(['http://', 'https://'], "'http://{host}/rooms/{room}'"),
  headers: headers.optional(),
  body: frame(SEND_PLACEHOLDERS),
  connections: quantity(rules.connectionsOf(MAX_CONNECTIONS)).optional(),
};

const http = mapping(
  httpKeys,
  "{ method: POST, url: 'http://{host}/rooms/{room}', body: { text: '{body}' } }",
).transform(
  (keys): SendSpec => ({
    by: 'http',
    method: keys.method ?? 'POST',
    url: keys.url,
    headers: { ...(keys.body.encoding === 'json' ? { 'content-type': 'application/json' } : {}), ...keys.headers },
    frame: keys.body,
    connections: keys.connections ?? DEFAULT_CONNECTIONS,
  }),
);

/** A frame, or `{ http: … }`. */
const send = z.unknown().transform((value, context): SendSpec => {
  const isHttp = value !== null && typeof value === 'object' && Object.keys(value).join() === 'http';
  const parsed = isHttp
    ? z.object({ http }).safeParse(value)
    : frame(SEND_PLACEHOLDERS)
        .transform((text): { http: SendSpec } => ({ http: { by: 'frame', frame: text } }))
        .safeParse(value);
  if (!parsed.success) {
    context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  }
  const found = parsed.data.http;
  if (!found.frame.text.includes('{body}')) {
    context.addIssue({
      code: 'custom',
      message: "expected '{body}' in it: recipients find a message by the marker that it begins with",
      path: isHttp ? ['http', 'body'] : [],
    });
  }
  return found;
});

const openStep = mapping(openKeys, '{ send: … } or { await: … }').transform((keys, context) => {
  const isSend = keys.send !== undefined && keys.await === undefined && keys.count === undefined;
  const isAwait = keys.await !== undefined && keys.send === undefined;
  if (isSend || isAwait) return keys;
  context.addIssue('expected either { send: … } or { await: … }, one step each');
  return z.NEVER;
});

const answerKeys = { to: rule, send: frame([]) };

const templateKeys = {
  ...commonKeys,
  open: list(openStep, 0, MAX_STEPS, 'a list of steps such as [{ send: … }, { await: … }]').optional(),
  send,
  heartbeat: heartbeat.optional(),
  answers: list(mapping(answerKeys, "{ to: 'ping', send: 'pong' }"), 0, MAX_STEPS, 'a list of answers').optional(),
  message: rule.optional(),
  ack: rule.optional(),
  error: rule.optional(),
};

const templateBlock = mapping(templateKeys, 'a description with at least send: …').transform(
  (keys): TemplateSpec => ({
    kind: 'template',
    name: 'template',
    url: keys.url ?? '{endpoint}',
    headers: keys.headers ?? {},
    subprotocols: keys.subprotocols ?? [],
    rooms: keys.rooms ?? 'r{n}',
    users: keys.users ?? 'u{n}',
    opening: groupSteps(keys.open ?? []),
    send: keys.send,
    heartbeat: keys.heartbeat ?? null,
    answers: keys.answers ?? [],
    separator: keys.separator ?? null,
    message: keys.message ?? null,
    ack: keys.ack ?? null,
    error: keys.error ?? null,
    senderReceives: keys['sender-receives'] ?? false,
  }),
);

/** An event of Socket.IO: a list of its name and arguments. */
function event(example: string, allowed: readonly string[]) {
  return z.unknown().transform((value, context): FrameText => {
    const parsed = Array.isArray(value) && typeof value[0] === 'string' ? frame(allowed).safeParse(value) : null;
    if (parsed?.success) return parsed.data;
    if (parsed === null)
      context.addIssue(`expected an event and its arguments such as ${example}, got ${describeValue(value)}`);
    else context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
}

/** One word that stands for itself, or what the schema reads. */
function wordOr<const Word extends string | boolean, T>(word: Word, schema: z.ZodType<T>) {
  return z.unknown().transform((value, context): Word | T => {
    if (value === word) return word;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
}

const socketIoKeys = {
  use: z.literal('socket.io'),
  ...commonKeys,
  path: text(/^\/[\w./-]*\/$/, "a path with slashes at both ends such as '/socket.io/'").optional(),
  namespace: text(/^\/[\w./-]*$/, 'a namespace such as /chat').optional(),
  auth: frame([]).optional(),
  join: wordOr(false, event("['join', '{room}']", OPENING_PLACEHOLDERS)).optional(),
  joined: wordOr('callback', openingRule).optional(),
  send: event("['message', { room: '{room}', text: '{body}' }]", SEND_PLACEHOLDERS)
    .refine(({ text }) => text.includes('{body}'), {
      error: "expected '{body}' in it: recipients find a message by the marker that it begins with",
    })
    .optional(),
  acks: boolean.optional(),
};

const socketIoBlock = mapping(socketIoKeys, '{ use: socket.io }').transform((keys): TemplateSpec => {
  const json = (value: unknown) => ({ text: JSON.stringify(value), encoding: 'json' as const });
  const described = describeSocketIo({
    path: keys.path ?? SOCKET_IO_DEFAULTS.path,
    namespace: keys.namespace ?? SOCKET_IO_DEFAULTS.namespace,
    auth: keys.auth ?? null,
    join: keys.join === false ? null : (keys.join ?? json(SOCKET_IO_DEFAULTS.join)),
    joined: keys.joined ?? null,
    send: keys.send ?? json(SOCKET_IO_DEFAULTS.send),
    acks: keys.acks ?? false,
    senderReceives: keys['sender-receives'] ?? true,
  });
  return { ...described, ...replacements(keys) };
});

const stompKeys = {
  use: z.literal('stomp'),
  ...commonKeys,
  host: stompHeader([]).optional(),
  login: stompHeader([]).optional(),
  passcode: stompHeader([]).optional(),
  destination: stompHeader(OPENING_PLACEHOLDERS).optional(),
  subscribe: stompHeader(OPENING_PLACEHOLDERS).optional(),
  receipts: boolean.optional(),
  heartbeat: quantity(rules.positiveDuration).optional(),
};

const stompBlock = mapping(stompKeys, '{ use: stomp }').transform((keys): TemplateSpec => {
  const destination = keys.destination ?? STOMP_DEFAULTS.destination;
  const heartbeatUs = keys.heartbeat ?? STOMP_DEFAULTS.heartbeatUs;
  const described = describeStomp({
    host: keys.host ?? STOMP_DEFAULTS.host,
    login: keys.login ?? null,
    passcode: keys.passcode ?? null,
    destination,
    subscribe: keys.subscribe ?? destination,
    receipts: keys.receipts ?? true,
    heartbeatUs,
    senderReceives: keys['sender-receives'] ?? true,
  });
  return { ...described, ...replacements(keys) };
});

/** Keys below `protocol`, for suggestions. */
export const PROTOCOL_KEYS: Readonly<Record<string, readonly string[]>> = {
  protocol: [...new Set([templateKeys, socketIoKeys, stompKeys].flatMap(Object.keys))],
  'protocol.open': Object.keys(openKeys),
  'protocol.open.await': TEST_KEYS,
  'protocol.send.http': Object.keys(httpKeys),
  'protocol.heartbeat': ['every', 'send', 'ping'],
  'protocol.answers': Object.keys(answerKeys),
  'protocol.answers.to': TEST_KEYS,
  'protocol.message': TEST_KEYS,
  'protocol.ack': TEST_KEYS,
  'protocol.error': TEST_KEYS,
};

/** The value of `protocol:`: a name, a module's path (as it is written), or a description. */
export const protocolBlock = z.unknown().transform((value, context): ProtocolSpec => {
  if (typeof value === 'string') return readName(value, context);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    context.addIssue(`expected ${EXPECTED}, got ${describeValue(value)}`);
    return z.NEVER;
  }
  const used = 'use' in value ? value.use : null;
  const block =
    used === null ? templateBlock : used === 'socket.io' ? socketIoBlock : used === 'stomp' ? stompBlock : null;
  const parsed = block?.safeParse(value);
  if (parsed?.success) return parsed.data;
  const suggestion = didYouMean(String(used), PRESETS);
  if (parsed === undefined)
    context.addIssue(`expected use: ${PRESETS.join(' or ')}, got ${describeValue(used)}${suggestion}`);
  else context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
});

function readName(value: string, context: z.RefinementCtx): ProtocolSpec {
  if (value === 'reference' || value === 'echo') return value;
  if (value === 'socket.io') return socketIoBlock.parse({ use: value });
  if (value === 'stomp') return stompBlock.parse({ use: value });
  if (/\.[cm]?[jt]s$/.test(value)) return { kind: 'module', file: value };
  context.addIssue(`expected ${EXPECTED}, got ${describeValue(value)}${didYouMean(value, PROTOCOL_NAMES)}`);
  return z.NEVER;
}

const EXPECTED = `${PROTOCOL_NAMES.join(', ')}, the path of a module such as ./my-protocol.ts, or a description`;

/** Sends up to the next thing that is awaited are one step. */
function groupSteps(steps: readonly z.output<typeof openStep>[]): readonly OpeningStepSpec[] {
  const grouped: OpeningStepSpec[] = [];
  let pending: OpeningStepSpec['send'] = [];
  for (const step of steps) {
    if (step.send !== undefined) {
      pending = [...pending, step.send];
    } else {
      grouped.push({ send: pending, await: step.await!, count: step.count ?? 1 });
      pending = [];
    }
  }
  return pending.length === 0 ? grouped : [...grouped, { send: pending, await: null, count: 0 }];
}

function replacements(keys: { [K in keyof typeof commonKeys]?: unknown }): Partial<TemplateSpec> {
  const { url, headers, subprotocols, rooms, users, separator } = keys;
  const given = Object.entries({ url, headers, subprotocols, rooms, users, separator }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as Partial<TemplateSpec>;
}

/** A header's value, in which STOMP would escape colons and line ends. */
function stompHeader(allowed: readonly string[]) {
  return template(allowed, 'a text').refine(
    (value) => /^[^\r\n\0]+$/.test(value.replace(/\$\{env:\w+\}/g, '')) || /^\$\{env:\w+\}$/.test(value),
    {
      error: 'expected a text on one line',
    },
  );
}
