import { z } from 'zod';
import { TRANSPORTS } from '../choices.ts';
import { didYouMean } from '../nearest.ts';
import { captures, FRAME_SOURCES, listBrought } from './capture-schemas.ts';
import { choice, describeValue, list, mapping, quantity, readBy, text } from './file-schemas.ts';
import { LOGIN_KEYS, login } from './login-block.ts';
import { PLAIN } from './plain-template.ts';
import {
  address,
  type Brought,
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
import type { FrameText, LoginSpec, OpeningStepSpec, ProtocolSpec, TemplateSpec } from './protocol-spec.ts';
import { connections, DEFAULT_CONNECTIONS } from './request-block.ts';
import * as rules from './rules.ts';
import { BODY_EXPECTED, hasBody, SEND_HTTP_KEYS, send } from './send-block.ts';
import { describeSocketIo, SOCKET_IO_DEFAULTS } from './socket-io-preset.ts';
import { describeStomp, STOMP_DEFAULTS } from './stomp-preset.ts';
import { POLL_KEYS, poll, settleTransport } from './transport-block.ts';
import { settleUsers, USERS_KEYS, users } from './users-block.ts';

export const PROTOCOL_NAMES = ['reference', 'echo', 'socket.io', 'stomp'] as const;
const PRESETS = ['socket.io', 'stomp'] as const;

const MAX_STEPS = 50;

const boolean = z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` });

const SCHEMES = ['ws://', 'wss://', 'http://', 'https://', '{endpoint}'];

/** What every description may say, a preset's included; it replaces what the preset says. */
const commonKeys = (brought: Brought) => ({
  url: address(SCHEMES, "'{endpoint}/ws/{room}/{user}'", brought).optional(),
  headers: headers(brought).optional(),
  subprotocols: subprotocols(brought).optional(),
  rooms: names.optional(),
  users: users.optional(),
  login: login(brought).optional(),
  'login-rate': quantity(rules.positiveRate).optional(),
  'login-concurrency': connections,
  separator: separator.optional(),
  'sender-receives': boolean.optional(),
});

const openKeys = (brought: Brought) => ({
  send: frame([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  await: openingRule(brought).optional(),
  count: quantity(rules.clients).optional(),
  capture: captures(FRAME_SOURCES).optional(),
});

const openStep = (brought: Brought) =>
  mapping(openKeys(brought), '{ send: … } or { await: … }').transform((keys, context) => {
    const isSend =
      keys.send !== undefined && keys.await === undefined && keys.count === undefined && keys.capture === undefined;
    const isAwait = keys.await !== undefined && keys.send === undefined;
    if (isSend || isAwait) return keys;
    context.addIssue('expected either { send: … } or { await: … }, one step each');
    return z.NEVER;
  });

const answerKeys = { to: rule, send: frame([]) };

const templateKeys = (brought: Brought) => ({
  ...commonKeys(brought),
  transport: choice(TRANSPORTS).optional(),
  frames: choice(['text', 'binary']).optional(),
  poll: poll(brought).optional(),
  open: list(openStep(brought), 0, MAX_STEPS, 'a list of steps such as [{ send: … }, { await: … }]').optional(),
  send: send(brought),
  heartbeat: heartbeat.optional(),
  answers: list(mapping(answerKeys, "{ to: 'ping', send: 'pong' }"), 0, MAX_STEPS, 'a list of answers').optional(),
  message: rule.optional(),
  ack: rule.optional(),
  error: rule.optional(),
});

const templateBlock = (brought: Brought) =>
  mapping(templateKeys(brought), 'a description with at least send: …').transform(
    (keys, context): TemplateSpec => ({
      ...PLAIN,
      kind: 'template',
      name: 'template',
      ...settleTransport(keys, context),
      headers: keys.headers ?? {},
      subprotocols: keys.subprotocols ?? [],
      rooms: keys.rooms ?? 'r{n}',
      ...settleUsers(keys.users),
      login: settleLogin(keys, context),
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
    if (Array.isArray(value) && typeof value[0] === 'string') return readBy(frame(allowed), value, context);
    context.addIssue(`expected an event and its arguments such as ${example}, got ${describeValue(value)}`);
    return z.NEVER;
  });
}

/** One word that stands for itself, or what the schema reads. */
function wordOr<const Word extends string | boolean, T>(word: Word, schema: z.ZodType<T>) {
  return z.unknown().transform((value, context): Word | T => (value === word ? word : readBy(schema, value, context)));
}

const socketIoKeys = (brought: Brought) => ({
  use: z.literal('socket.io'),
  ...commonKeys(brought),
  path: text(/^\/[\w./-]*\/$/, "a path with slashes at both ends such as '/socket.io/'").optional(),
  namespace: text(/^\/[\w./-]*$/, 'a namespace such as /chat').optional(),
  auth: frame([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  join: wordOr(false, event("['join', '{room}']", [...OPENING_PLACEHOLDERS, ...brought])).optional(),
  joined: wordOr('callback', openingRule(brought)).optional(),
  send: event("['message', { room: '{room}', text: '{body}' }]", [...SEND_PLACEHOLDERS, ...brought])
    .refine(hasBody, { error: BODY_EXPECTED })
    .optional(),
  acks: boolean.optional(),
});

const socketIoBlock = (brought: Brought) =>
  mapping(socketIoKeys(brought), '{ use: socket.io }').transform((keys, context): TemplateSpec => {
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
    return { ...described, ...replacements(keys, context) };
  });

/** STOMP's own `login` is a header: who logs in by HTTP before says so with a description of its own. */
const stompKeys = (brought: Brought) => ({
  use: z.literal('stomp'),
  ...commonKeys(brought),
  host: stompHeader([]).optional(),
  login: stompHeader([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  passcode: stompHeader([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  destination: stompHeader([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  subscribe: stompHeader([...OPENING_PLACEHOLDERS, ...brought]).optional(),
  receipts: boolean.optional(),
  heartbeat: quantity(rules.positiveDuration).optional(),
});

const stompBlock = (brought: Brought) =>
  mapping(stompKeys(brought), '{ use: stomp }').transform(
    ({ 'login-rate': _, 'login-concurrency': __, ...keys }, context): TemplateSpec => {
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
      return { ...described, ...replacements({ ...keys, login: undefined }, context) };
    },
  );

/** Keys below `protocol`, for suggestions. */
export const PROTOCOL_KEYS: Readonly<Record<string, readonly string[]>> = {
  protocol: [...new Set([templateKeys, socketIoKeys, stompKeys].flatMap((keys) => Object.keys(keys([]))))],
  ...LOGIN_KEYS,
  'protocol.users': USERS_KEYS,
  'protocol.poll': POLL_KEYS,
  'protocol.open': Object.keys(openKeys([])),
  'protocol.open.await': TEST_KEYS,
  'protocol.send.http': SEND_HTTP_KEYS,
  'protocol.heartbeat': ['every', 'send', 'ping'],
  'protocol.answers': Object.keys(answerKeys),
  'protocol.answers.to': TEST_KEYS,
  'protocol.message': TEST_KEYS,
  'protocol.ack': TEST_KEYS,
  'protocol.error': TEST_KEYS,
};

/** Made once for descriptions that bring the same, most of which bring nothing: to make a schema takes longer than to read by it. */
function keepLast<Block>(create: (brought: Brought) => Block): (brought: Brought) => Block {
  let last: { readonly key: string; readonly block: Block } | null = null;
  return (brought) => {
    const key = brought.join();
    if (last?.key !== key) last = { key, block: create(brought) };
    return last.block;
  };
}

const BLOCKS = {
  template: keepLast(templateBlock),
  socketIo: keepLast(socketIoBlock),
  stomp: keepLast(stompBlock),
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
    used === null ? BLOCKS.template : used === 'socket.io' ? BLOCKS.socketIo : used === 'stomp' ? BLOCKS.stomp : null;
  if (block !== null) return readBy<TemplateSpec>(block(listBrought(value)), value, context);
  const suggestion = didYouMean(String(used), PRESETS);
  context.addIssue(`expected use: ${PRESETS.join(' or ')}, got ${describeValue(used)}${suggestion}`);
  return z.NEVER;
});

function readName(value: string, context: z.RefinementCtx): ProtocolSpec {
  if (value === 'reference' || value === 'echo') return value;
  if (value === 'socket.io') return BLOCKS.socketIo([]).parse({ use: value });
  if (value === 'stomp') return BLOCKS.stomp([]).parse({ use: value });
  if (/\.[cm]?[jt]s$/.test(value)) return { kind: 'module', file: value };
  context.addIssue(`expected ${EXPECTED}, got ${describeValue(value)}${didYouMean(value, PROTOCOL_NAMES)}`);
  return z.NEVER;
}

const EXPECTED = `${PROTOCOL_NAMES.join(', ')}, the path of a module such as ./my-protocol.ts, or a description`;

/** Sends up to the next thing that is awaited are one step. */
function groupSteps(steps: readonly z.output<ReturnType<typeof openStep>>[]): readonly OpeningStepSpec[] {
  const grouped: OpeningStepSpec[] = [];
  let pending: OpeningStepSpec['send'] = [];
  for (const step of steps) {
    if (step.send !== undefined) {
      pending = [...pending, step.send];
    } else {
      grouped.push({ send: pending, await: step.await!, count: step.count ?? 1, capture: step.capture ?? {} });
      pending = [];
    }
  }
  return pending.length === 0 ? grouped : [...grouped, { send: pending, await: null, count: 0, capture: {} }];
}

type CommonKeys = {
  [K in keyof ReturnType<typeof commonKeys>]?: z.output<ReturnType<typeof commonKeys>[K]> | undefined;
};

function replacements(keys: CommonKeys, context: z.RefinementCtx): Partial<TemplateSpec> {
  const { url, headers, subprotocols, rooms, users, separator } = keys;
  const given = Object.entries({ url, headers, subprotocols, rooms, separator }).filter(
    ([, value]) => value !== undefined,
  );
  const whose = users === undefined ? {} : settleUsers(users);
  return { ...Object.fromEntries(given), ...whose, login: settleLogin(keys, context) } as Partial<TemplateSpec>;
}

function settleLogin(keys: CommonKeys, context: z.RefinementCtx): LoginSpec | null {
  const { login, 'login-rate': perSecond, 'login-concurrency': concurrency } = keys;
  if (login !== undefined)
    return { ...login, perSecond: perSecond ?? null, concurrency: concurrency ?? DEFAULT_CONNECTIONS };
  if (perSecond !== undefined || concurrency !== undefined)
    context.addIssue('expected login-rate and login-concurrency only with login: …');
  return null;
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
