import { z } from 'zod';
import { DELIVERS, QUEUE_TYPES, RATE_LIMITERS, SEND_WAYS, TOPOLOGIES, type TrafficKind } from '../choices.ts';
import { didYouMean } from '../nearest.ts';
import { clientKeys, clientsOrSteps } from './client-keys.ts';
import { LIMITS } from './defaults.ts';
import { searchKeys, sweepKeys } from './experiment-keys.ts';
import { fault, faultKeys } from './fault-keys.ts';
import { choice, describeValue, list, listOr, mapping, quantity, text } from './file-schemas.ts';
import { groupKeys, groups } from './group-keys.ts';
import { expandSteps, hold, ramp } from './load.ts';
import { observe, observeKeys } from './observe-keys.ts';
import { type Problem, problemAt } from './problem.ts';
import { PROTOCOL_KEYS, protocolBlock } from './protocol-block.ts';
import type { YamlSource } from './read-yaml.ts';
import * as rules from './rules.ts';
import type { Stage } from './scenario.ts';

const roomClassKeys = { size: quantity(rules.roomSize), count: quantity(rules.clients) };
const roomKeys = {
  size: quantity(rules.roomSize).optional(),
  sizes: list(
    mapping(roomClassKeys, '{ size: 2, count: 20 }'),
    1,
    LIMITS.maxClasses,
    'a list of room sizes',
  ).optional(),
  choice: choice(['uniform', 'zipf', 'in-turn']).optional(),
  exponent: quantity(rules.exponent).optional(),
};
const payloadClassKeys = { bytes: quantity(rules.payload), share: quantity(rules.positiveShare) };
const timeoutKeys = {
  connect: quantity(rules.positiveDuration).optional(),
  delivery: quantity(rules.positiveDuration).optional(),
};
const stageKeys = {
  ramp: quantity(ramp).optional(),
  over: quantity(rules.positiveDuration).optional(),
  hold: quantity(rules.stageRate).optional(),
  for: quantity(rules.positiveDuration).optional(),
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a short name of a–z, 0–9 and - such as burst').optional(),
};
const thresholdKeys = {
  expect: z.string({ error: "expected a threshold such as 'lost == 0'" }),
  abort: z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` }).optional(),
  after: quantity(rules.duration).optional(),
  exit: quantity(rules.exitCode).optional(),
};
const stepKeys = {
  from: quantity(rules.stageRate),
  to: quantity(rules.stageRate),
  by: quantity(rules.positiveRate),
  every: quantity(rules.positiveDuration),
};
const trafficKeys = {
  typing: quantity(rules.stageRate).optional(),
  receipts: quantity(rules.stageRate).optional(),
  history: quantity(rules.stageRate).optional(),
} as const satisfies Readonly<Record<TrafficKind, unknown>>;
const connectKeys = { rate: quantity(rules.positiveRate) };
const reconnectKeys = {
  backoff: choice(['full-jitter']).optional(),
  base: quantity(rules.positiveDuration).optional(),
  max: quantity(rules.positiveDuration).optional(),
};
const targetKeys = {
  kind: choice(['auto', 'embedded', 'local', 'compose', 'external']).optional(),
  url: quantity(rules.serverUrl).optional(),
  /** Besides `url`. */
  urls: list(quantity(rules.serverUrl), 1, 99, 'a list of addresses such as [ws://127.0.0.1:8081/]').optional(),
  topology: choice(TOPOLOGIES).optional(),
  'queue-type': choice(QUEUE_TYPES).optional(),
  'rate-limit': quantity(rules.rateLimit).optional(),
  'rate-limiter': choice(RATE_LIMITERS).optional(),
  gateways: quantity(rules.gateways).optional(),
  workers: quantity(rules.workers).optional(),
  balance: quantity(rules.balance).optional(),
  auth: z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` }).optional(),
};

const stage = mapping(stageKeys, '{ ramp: 0/s → 5000/s, over: 30s } or { hold: 5000/s, for: 1m }').transform(
  (keys, context): Stage => {
    const { ramp: ends, over, hold: rate, for: length, name } = keys;
    const named = name === undefined ? {} : { name };
    const isRamp = ends !== undefined && over !== undefined && rate === undefined && length === undefined;
    const isHold = rate !== undefined && length !== undefined && ends === undefined && over === undefined;
    if (isRamp) return { ...ends, durationUs: over, ...named };
    if (isHold) return { ...hold(rate, length), ...named };
    context.addIssue('expected { ramp: 0/s → 5000/s, over: 30s } or { hold: 5000/s, for: 1m }');
    return z.NEVER;
  },
);

/** A name means one stage, and never what a phase is called. */
const stages = list(stage, 1, LIMITS.maxStages, 'a list of stages').superRefine((all, context) => {
  for (const [index, { name }] of all.entries()) {
    if (name === undefined) continue;
    const path = [index, 'name'];
    if (PHASE_NAMES.includes(name))
      context.addIssue({ code: 'custom', path, message: `"${name}" is a phase: expected another name` });
    else if (all.findIndex((other) => other.name === name) < index)
      context.addIssue({ code: 'custom', path, message: `expected each name once, got another stage "${name}"` });
  }
});

/** A threshold as text, or with what ends the run, or how the command ends. */
const threshold = z
  .preprocess(
    (value) => (typeof value === 'string' ? { expect: value } : value),
    mapping(thresholdKeys, "a threshold such as 'lost == 0' or { expect: delivery.p95 < 1s, abort: true, after: 5s }"),
  )
  .superRefine(({ abort, after }, context) => {
    if (after !== undefined && abort !== true) context.addIssue('expected "after" only with "abort: true"');
  });

const steps = mapping(stepKeys, '{ from: 1000/s, to: 5000/s, by: 1000/s, every: 10s }').transform((keys, context) => {
  const stages = expandSteps(keys);
  if (typeof stages !== 'string') return stages;
  context.addIssue(stages);
  return z.NEVER;
});

/** As a mapping, in which several addresses are `urls`. */
function fileTarget({ kind, url, further = [] }: rules.ChosenTarget) {
  if (url === null) return { kind };
  return { kind, url, ...(further.length === 0 ? {} : { urls: further }) };
}

// `target: local` and `target: ws://…` are short for a mapping.
const target = z.preprocess(
  (value, context) => {
    if (typeof value !== 'string') return value;
    const parsed = rules.target(value);
    if (parsed.ok) return fileTarget(parsed.value);
    context.addIssue(parsed.reason);
    return z.NEVER;
  },
  mapping(targetKeys, 'auto, embedded, local, compose, an address, or { kind: local, gateways: 2, workers: 1 }'),
);

const PHASE_NAMES: readonly string[] = ['warm-up', 'measure', 'drain'];
// YAML 1.2 reads `off` as a text, as it should be here.
const reconnect = z.preprocess(
  (value) => (value === 'off' || value === false ? null : value === 'on' || value === true ? {} : value),
  mapping(reconnectKeys, 'on, off or { backoff: full-jitter, base: 100ms, max: 5s }').nullable(),
);

/** The keys of a scenario file, each with what it may hold. Units are resolved; defaults are not yet filled in. */
const KEYS = {
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a short name of a–z, 0–9 and - such as burst'),
  question: text(/^\S.{0,299}$/, 'the question that a run answers, on one line'),
  protocol: protocolBlock,
  deliver: choice(DELIVERS),
  send: choice(SEND_WAYS),
  clients: clientsOrSteps,
  rooms: mapping(roomKeys, '{ size: 2 }'),
  'rooms-per-client': quantity(rules.roomsPerClient),
  senders: quantity(rules.positiveShare),
  loop: choice(['open', 'closed']),
  think: quantity(rules.duration),
  rate: quantity(rules.positiveRate),
  'rate-per-client': quantity(rules.positiveRate),
  stages,
  steps,
  arrivals: choice(['constant', 'poisson']),
  duration: quantity(rules.positiveDuration),
  warmup: quantity(rules.duration),
  payload: listOr(
    list(mapping(payloadClassKeys, '{ bytes: 100, share: 90% }'), 1, LIMITS.maxClasses, 'a list of sizes'),
    quantity(rules.payload).transform((bytes) => [{ bytes, share: 1 }]),
  ),
  traffic: mapping(trafficKeys, '{ typing: 50/s, receipts: 100/s, history: 10/s }'),
  groups,
  drain: quantity(rules.duration),
  seed: quantity(rules.seed),
  hops: z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` }),
  timeouts: mapping(timeoutKeys, '{ connect: 10s, delivery: 5s }'),
  'lateness-budget': quantity(rules.positiveDuration),
  connect: mapping(connectKeys, '{ rate: 2000/s }'),
  target,
  /** Several addresses of one server, in place of `target`. */
  targets: list(
    quantity(rules.serverUrl),
    1,
    100,
    'a list of addresses such as [ws://127.0.0.1:8080/, ws://127.0.0.1:8081/]',
  ).optional(),
  spread: quantity(rules.spread),
  reconnect,
  observe,
  faults: list(fault, 0, LIMITS.maxFaults, 'a list of faults'),
  search: mapping(searchKeys, '{ rate: 100/s → 50000/s }'),
  replay: list(quantity(rules.replayShare), 2, LIMITS.maxSteps, 'a list of shares such as [10%, 50%, 100%]'),
  sweep: mapping(sweepKeys, '{ room-size: [2, 50, 1000] }'),
  thresholds: list(threshold, 0, 1000, 'a list of thresholds'),
} as const;

export type ScenarioKey = keyof typeof KEYS;
export type ScenarioFile = { readonly [K in ScenarioKey]?: z.output<(typeof KEYS)[K]> };

/** Every key of a file, `quick` included, whose section stands for others. */
export const SCENARIO_KEYS: readonly string[] = [...Object.keys(KEYS), 'quick'];

/** The keys below a key. */
export const NESTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  rooms: [...Object.keys(roomKeys), ...Object.keys(roomClassKeys).filter((key) => key !== 'size')],
  clients: Object.keys(clientKeys),
  payload: Object.keys(payloadClassKeys),
  timeouts: Object.keys(timeoutKeys),
  stages: Object.keys(stageKeys),
  steps: Object.keys(stepKeys),
  target: Object.keys(targetKeys),
  traffic: Object.keys(trafficKeys),
  groups: Object.keys(groupKeys),
  connect: Object.keys(connectKeys),
  reconnect: Object.keys(reconnectKeys),
  observe: Object.keys(observeKeys),
  faults: Object.keys(faultKeys),
  search: Object.keys(searchKeys),
  sweep: Object.keys(sweepKeys),
  thresholds: Object.keys(thresholdKeys),
  ...PROTOCOL_KEYS,
};

/**
 * Reads each key on its own, so that a mistake in one hides none in another.
 *
 * @returns what is right, the keys that are `broken` (already reported), and a problem for every mistake
 */
export function readScenarioFile(source: YamlSource): {
  readonly values: ScenarioFile;
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly Problem[];
} {
  const values = new Map<string, unknown>();
  const broken = new Set<string>();
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(source.data ?? {})) {
    if (!Object.hasOwn(KEYS, key)) {
      const text =
        key === 'quick' ? 'quick: expected a mapping of other keys of a scenario' : unknownKey(key, SCENARIO_KEYS);
      problems.push(problemAt(source.file, source.locateKey([key]), text));
      continue;
    }
    const parsed = KEYS[key as ScenarioKey].safeParse(value);
    if (parsed.success) {
      values.set(key, parsed.data);
    } else {
      broken.add(key);
      problems.push(...parsed.error.issues.flatMap((issue) => describeIssue(source, [key], issue)));
    }
  }
  return { values: Object.fromEntries(values) as ScenarioFile, broken, problems };
}

/**
 * The problems of an issue, each at its place.
 *
 * @param prefix path of the value that was checked
 * @param topic the prefix that known keys are looked up by, where it is another
 */
export function describeIssue(
  source: YamlSource,
  prefix: readonly string[],
  issue: z.core.$ZodIssue,
  topic: readonly string[] = prefix,
): readonly Problem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys([...topic, ...issue.path.filter((part) => typeof part === 'string')].join('.'));
    return issue.keys.map((name) => problemAt(source.file, source.locateKey([...path, name]), unknownKey(name, known)));
  }
  const name = path.length === 0 ? '' : `${nameOf(path)}: `;
  return [problemAt(source.file, source.locate(path), `${name}${issue.message}`)];
}

/** Of the mapping at this path, or of the key that it is below. */
function knownKeys(path: string): readonly string[] {
  return NESTED_KEYS[path] ?? NESTED_KEYS[path.split('.', 1)[0]!] ?? [];
}

/** "stages[1].over" */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = didYouMean(key, known);
  return `unknown key ${JSON.stringify(key)}${suggestion === '' ? `, expected one of ${known.join(', ')}` : suggestion}`;
}
