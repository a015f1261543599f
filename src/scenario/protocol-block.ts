import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { captures, FRAME_SOURCES, listBrought } from './capture-schemas.ts';
import { commonKeys, settleLogin } from './common-keys.ts';
import { settleEncoding } from './encoding-block.ts';
import { choice, describeValue, list, mapping, quantity, readBy } from './file-schemas.ts';
import { LOGIN_KEYS } from './login-block.ts';
import { PLAIN } from './plain-template.ts';
import type { Preset } from './presets/preset.ts';
import { PRESETS } from './presets/presets.ts';
import { describeSockJs, sockJsPath } from './presets/sock-js-preset.ts';
import {
  type Brought,
  frame,
  heartbeat,
  OPENING_PLACEHOLDERS,
  openingRule,
  rule,
  TEST_KEYS,
} from './protocol-schemas.ts';
import type { OpeningStepSpec, ProtocolSpec, TemplateSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';
import { SEND_HTTP_KEYS, send } from './send-block.ts';
import { POLL_KEYS, poll, settleTransport } from './transport-block.ts';
import { settleUsers, USERS_KEYS } from './users-block.ts';

const MAX_STEPS = 50;

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
  transport: choice(['websocket', 'sse', 'long-poll', 'mqtt']).optional(),
  frames: choice(['text', 'binary']).optional(),
  encoding: choice(['text', 'msgpack']).optional(),
  poll: poll(brought).optional(),
  open: list(openStep(brought), 0, MAX_STEPS, 'a list of steps such as [{ send: … }, { await: … }]').optional(),
  send: send(brought),
  heartbeat: heartbeat.optional(),
  answers: list(mapping(answerKeys, "{ to: 'ping', send: 'pong' }"), 0, MAX_STEPS, 'a list of answers').optional(),
  message: rule.optional(),
  ack: rule.optional(),
  error: rule.optional(),
});

type TemplateKeys = {
  [K in keyof ReturnType<typeof templateKeys>]: z.output<ReturnType<typeof templateKeys>[K]>;
};

function settleTemplate(
  keys: Partial<TemplateKeys> & Pick<TemplateKeys, 'send'>,
  context: z.RefinementCtx,
): TemplateSpec {
  return settleEncoding(
    {
      ...PLAIN,
      kind: 'template',
      name: 'template',
      ...settleTransport(keys, context),
      compression: keys.compression ?? false,
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
    },
    keys.encoding ?? 'text',
    context,
  );
}

const templateBlock = (brought: Brought) =>
  mapping(templateKeys(brought), 'a description with at least send: …').transform(settleTemplate);

/** SockJS wraps whatever its server and clients say to each other. */
const sockJsPreset: Preset = {
  name: 'sockjs',
  keys: ['use', 'path', ...Object.keys(templateKeys([]))],
  block: (brought) =>
    mapping(
      { use: z.literal('sockjs'), path: sockJsPath.optional(), ...templateKeys(brought) },
      '{ use: sockjs, send: … }',
    ).transform(
      ({ use: _, path, ...keys }, context): TemplateSpec => describeSockJs(settleTemplate(keys, context), path),
    ),
};

const ALL_PRESETS = [...PRESETS, sockJsPreset];
const PRESET_NAMES = ALL_PRESETS.map(({ name }) => name);
export const PROTOCOL_NAMES: readonly string[] = ['reference', 'echo', ...PRESET_NAMES];

/** Keys below `protocol`, for suggestions. */
export const PROTOCOL_KEYS: Readonly<Record<string, readonly string[]>> = {
  protocol: [...new Set([Object.keys(templateKeys([])), ...ALL_PRESETS.map(({ keys }) => keys)].flat())],
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

const readTemplate = keepLast(templateBlock);
const BLOCKS = new Map(ALL_PRESETS.map(({ name, block }) => [name, keepLast(block)]));

/** The value of `protocol:`: a name, a module's path (as it is written), or a description. */
export const protocolBlock = z.unknown().transform((value, context): ProtocolSpec => {
  if (typeof value === 'string') return readName(value, context);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    context.addIssue(`expected ${EXPECTED}, got ${describeValue(value)}`);
    return z.NEVER;
  }
  // MQTT is a transport and all that goes with it.
  const used = 'use' in value ? value.use : 'transport' in value && value.transport === 'mqtt' ? 'mqtt' : null;
  const block = used === null ? readTemplate : BLOCKS.get(String(used));
  if (block !== undefined) return readBy<TemplateSpec>(block(listBrought(value)), value, context);
  const suggestion = didYouMean(String(used), PRESET_NAMES);
  context.addIssue(
    `expected use: ${PRESET_NAMES.slice(0, -1).join(', ')} or ${PRESET_NAMES.at(-1)}, got ${describeValue(used)}${suggestion}`,
  );
  return z.NEVER;
});

function readName(value: string, context: z.RefinementCtx): ProtocolSpec {
  if (value === 'reference' || value === 'echo') return value;
  const block = BLOCKS.get(value);
  if (block !== undefined) return readBy<TemplateSpec>(block([]), { use: value }, context);
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
