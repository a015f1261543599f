import { z } from 'zod';
import { OBSERVED_SOURCES, type ObservedSource } from '../choices.ts';
import { type Parser, rejectText } from '../units.ts';
import { DEFAULTS, LIMITS } from './defaults.ts';
import { choice, describeValue, list, mapping, quantity, text } from './file-schemas.ts';
import { type ObservationRequest, type ObservedSourceRequest, RUNS_QUEUE } from './observe.ts';
import * as rules from './rules.ts';

const SOME_TEXT = /^\S(?:.{0,498}\S)?$/s;
const word = (expected: string) => text(SOME_TEXT, expected);
const address = (schemes: readonly string[], example: string) => quantity(addressOf(schemes, example)).optional();

const HTTP = ['http', 'https'];
const path = word('a path such as queue.depth').optional();

/** All keys of one observation; which of them go together is for its source to say. */
export const observeKeys = {
  amqp: address(['amqp', 'amqps'], 'amqp://127.0.0.1:5672'),
  queues: list(word('the name of a queue'), 1, LIMITS.maxClasses, 'a list of queues such as [jobs]').optional(),
  management: address(HTTP, 'http://127.0.0.1:15672'),
  redis: address(['redis', 'rediss'], 'redis://127.0.0.1:6379'),
  length: word('a key such as chat:stream').optional(),
  pending: word('the key of a stream such as chat:stream').optional(),
  group: word('the name of a consumer group').optional(),
  info: text(/^[a-z]\w*$/, 'a field of INFO such as used_memory').optional(),
  prometheus: address(HTTP, 'http://127.0.0.1:9090/metrics'),
  metric: text(/^[A-Za-z_:][\w:]*$/, 'the name of a metric such as http_requests_total').optional(),
  labels: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String), {
      error: ({ input }) => `expected labels such as { job: ws }, got ${describeValue(input)}`,
    })
    .optional(),
  as: choice(['sum', 'rate']).optional(),
  postgres: address(['postgres', 'postgresql'], 'postgres://127.0.0.1/chat'),
  query: z
    .string({
      error: ({ input }) => `expected a statement such as select count(*) from messages, got ${describeValue(input)}`,
    })
    .regex(/\S/, 'expected a statement such as select count(*) from messages')
    .optional(),
  nats: address(HTTP, 'http://127.0.0.1:8222/jsz'),
  stream: word('the name of a stream').optional(),
  consumer: word('the name of a consumer').optional(),
  'http-json': address(HTTP, 'http://127.0.0.1:8080/stats'),
  value: path,
  process: z
    .preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      word('a process: its name, number or pid file'),
    )
    .optional(),
  every: quantity(rules.observeEvery).optional(),
} as const;

type Keys = z.output<ReturnType<typeof mapping<typeof observeKeys>>>;
type Key = keyof Keys;

/** Of each source: the keys that it may have besides its own and `every`, and how often it is read. */
const SOURCES: Readonly<Record<ObservedSource, { readonly keys: readonly Key[]; readonly every: string }>> = {
  amqp: { keys: ['queues', 'management', 'prometheus'], every: '100ms' },
  redis: { keys: ['length', 'pending', 'group', 'info'], every: '100ms' },
  prometheus: { keys: ['metric', 'labels', 'as'], every: DEFAULTS.observe.every },
  postgres: { keys: ['query'], every: DEFAULTS.observe.every },
  nats: { keys: ['stream', 'consumer', 'value'], every: DEFAULTS.observe.every },
  'http-json': { keys: ['value'], every: DEFAULTS.observe.every },
  process: { keys: [], every: DEFAULTS.observe.every },
};

const observation = mapping(observeKeys, "{ redis: 'redis://127.0.0.1:6379', length: jobs }").transform(
  (keys, context): Omit<ObservationRequest, 'name'> => {
    const kind = OBSERVED_SOURCES.find((name) => keys[name] !== undefined);
    const problem = kind === undefined ? `expected one of ${OBSERVED_SOURCES.join(', ')}` : findMisfit(kind, keys);
    const source = kind === undefined || problem !== null ? null : readSource(kind, keys);
    if (kind !== undefined && source !== null && typeof source !== 'string') {
      const fallback = kind === 'redis' && keys.info !== undefined ? DEFAULTS.observe.every : SOURCES[kind].every;
      return { everyUs: keys.every ?? everyUs(fallback), source };
    }
    context.addIssue(problem ?? String(source));
    return z.NEVER;
  },
);

/** @param text a default of ours */
function everyUs(text: string): number {
  const parsed = rules.observeEvery(text);
  if (!parsed.ok) throw new Error(`default: ${parsed.reason}`);
  return parsed.value;
}

/** `observe:` of a file: names, each with where it is and how it is read. */
export const observe = z
  .record(z.string(), observation, {
    error: ({ input }) => `expected names, each with what to observe, got ${describeValue(input)}`,
  })
  .transform((byName, context): readonly ObservationRequest[] => {
    const requests = Object.entries(byName).map(([name, request]) => ({ name, ...request }));
    for (const { name, source } of requests) {
      if (!NAME.test(name)) context.addIssue({ code: 'custom', path: [name], message: NAME_EXPECTED });
      if (name === RUNS_QUEUE && source.kind === 'process')
        context.addIssue({
          code: 'custom',
          path: [name],
          message: "expected what counts messages: it is the run's queue",
        });
    }
    if (requests.length > LIMITS.maxObservations)
      context.addIssue(`expected at most ${LIMITS.maxObservations}, got ${requests.length}`);
    return requests;
  });

const NAME = /^[a-z][a-z0-9_-]{0,39}$/;
const NAME_EXPECTED = 'expected a short name of a–z, 0–9, - and _ such as lag';

/** A key that belongs to another source, in one line; null where all fit. */
function findMisfit(kind: ObservedSource, keys: Keys): string | null {
  const allowed: readonly string[] = [kind, 'every', ...SOURCES[kind].keys];
  const odd = Object.keys(keys).find((key) => keys[key as Key] !== undefined && !allowed.includes(key));
  if (odd === undefined) return null;
  const besides = SOURCES[kind].keys.length === 0 ? 'every' : [...SOURCES[kind].keys, 'every'].join(', ');
  return `expected beside ${kind} only ${besides}, got ${odd}`;
}

/** A line where something is missing. */
function readSource(kind: ObservedSource, keys: Keys): ObservedSourceRequest | string {
  const { length, pending, group, info, value = null, stream = null, consumer = null } = keys;
  const url = String(keys[kind]);
  switch (kind) {
    case 'amqp':
      if (keys.queues === undefined) return 'expected the queues beside amqp, such as queues: [jobs]';
      return {
        kind,
        url,
        queues: keys.queues,
        management: keys.management ?? null,
        prometheus: keys.prometheus ?? null,
      };
    case 'redis': {
      const given = [length, pending, info].filter((key) => key !== undefined);
      if (given.length !== 1) return 'expected one of length, pending and info beside redis';
      if ((pending === undefined) !== (group === undefined))
        return 'expected pending and group together, such as { pending: chat:stream, group: workers }';
      const what = length !== undefined ? 'length' : pending !== undefined ? 'pending' : 'info';
      return { kind, url, what, key: given[0]!, group: group ?? null };
    }
    case 'prometheus':
      if (keys.metric === undefined)
        return 'expected a metric beside prometheus, such as metric: websocket_connections';
      return { kind, url, metric: keys.metric, labels: keys.labels ?? {}, as: keys.as ?? 'sum' };
    case 'postgres':
      if (keys.query === undefined)
        return 'expected a query beside postgres, such as query: select count(*) from messages';
      return { kind, url, query: keys.query };
    case 'nats':
      if (consumer !== null && stream === null) return 'expected the stream of the consumer, such as stream: CHAT';
      if (value !== null && stream !== null) return 'expected a stream or the path of a value, not both';
      return { kind, url, stream, consumer, value };
    case 'http-json':
      if (value === null) return 'expected the path of a number beside http-json, such as value: queue.depth';
      return { kind, url, value };
    case 'process':
      return { kind, process: url };
  }
}

/** An address of one of these schemes; one that asks for a variable cannot be looked at more closely yet. */
function addressOf(schemes: readonly string[], example: string): Parser<string> {
  return (given) => {
    const scheme = new RegExp(`^(?:${schemes.join('|')})://.`, 'i');
    const isUsable = /\$\{env:\w+\}/.test(given)
      ? scheme.test(given) || given.startsWith('${env:')
      : scheme.test(given) && isAddress(given);
    return isUsable ? { ok: true, value: given } : rejectText(`an address such as ${example}`, given);
  };
}

function isAddress(given: string): boolean {
  try {
    const { username, password, hostname } = new URL(given);
    decodeURIComponent(username + password);
    return hostname !== '';
  } catch {
    return false;
  }
}
