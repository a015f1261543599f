import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { isOwnHeader } from '../own-headers.ts';
import { columnOf, listNamesWithin, listPlaceholders, listVariables } from '../placeholders.ts';
import { describeValue, list, mapping, quantity } from './file-schemas.ts';
import { findRepeatedChoice } from './find-repeated-choice.ts';
import type { FrameRule, FrameTest, FrameText } from './protocol-spec.ts';
import * as rules from './rules.ts';

/** What the values of a protocol's description look like. */

export const OPENING_PLACEHOLDERS = ['room', 'user'] as const;
export const ADDRESS_PLACEHOLDERS = ['endpoint', 'host', 'room', 'user'] as const;
export const SEND_PLACEHOLDERS = ['body', 'id', 'seq', 'seq32', 'room', 'user', 'length', 'traceparent'] as const;
/** What may stand wherever a text is one client's. */
export const OWN_PLACEHOLDERS: readonly string[] = ['uuid', 'now'];

/** Placeholders that a description brings with it: names of captured values, and `user.*` where it names a file of users. */
export type Brought = readonly string[];
export const ANY_COLUMN = 'user.*';

const PER_MESSAGE: readonly string[] = ['body', 'id', 'seq', 'seq32', 'uuid', 'now', 'traceparent'];

/** A text in which these placeholders may stand, and environment variables. */
export function template(allowed: readonly string[], expected: string) {
  return z.unknown().transform((value, context): string => {
    if (typeof value === 'string' || typeof value === 'number') {
      for (const issue of findTemplateIssues(String(value), allowed)) context.addIssue(issue);
      return String(value);
    }
    context.addIssue(`expected ${expected}, got ${describeTemplate(value)}`);
    return z.NEVER;
  });
}

/** A frame: text as it is, or a mapping or list that is sent as JSON. */
export function frame(allowed: readonly string[]) {
  const expected = 'a text, or a mapping that is sent as JSON';
  return z.unknown().transform((value, context): FrameText => {
    const isText = typeof value === 'string' || typeof value === 'number';
    const bare = isText ? null : findBarePlaceholder(value);
    if (bare !== null) {
      context.addIssue(`expected "{${bare}}" in quotes: YAML takes bare braces for a mapping`);
      return z.NEVER;
    }
    if (!isText && (value === null || typeof value !== 'object')) {
      context.addIssue(`expected ${expected}, got ${describeValue(value)}`);
      return z.NEVER;
    }
    const text = isText ? String(value) : JSON.stringify(value);
    for (const issue of findTemplateIssues(text, allowed)) context.addIssue(issue);
    for (const issue of findFunctionIssues(text, isText)) context.addIssue(issue);
    return { text, encoding: isText ? 'text' : 'json' };
  });
}

function testKeys(allowed: readonly string[]) {
  return {
    contains: template(allowed, 'a text').optional(),
    'starts-with': template(allowed, 'a text').optional(),
    equals: template(allowed, 'a text').optional(),
    regex: z.unknown().transform(patternOfRule).optional(),
    json: z
      .unknown()
      .transform((value, context) => readMembers(value, allowed, context))
      .optional(),
  };
}
export const TEST_KEYS = Object.keys(testKeys([]));

const RULE = '{ contains: … }, { starts-with: … }, { equals: … }, { regex: … } or { json: { type: ack } }';

/** How the frames of all clients are told. A bare text is one that the frame contains. */
export const rule = ruleWith([]);

/** How a client tells what its opening waits for. */
export const openingRule = (brought: Brought) => ruleWith([...OPENING_PLACEHOLDERS, ...brought]);

function ruleWith(allowed: readonly string[]) {
  const tests = mapping(testKeys(allowed), `a text that the frame contains, or ${RULE}`);
  return z.unknown().transform((value, context) => readRule(value, tests, context));
}

function readRule(
  value: unknown,
  tests: z.ZodType<Readonly<z.output<z.ZodObject<ReturnType<typeof testKeys>>>>>,
  context: z.RefinementCtx,
): FrameRule {
  const isText = typeof value === 'string' || typeof value === 'number';
  const parsed = tests.safeParse(isText ? { contains: value } : value);
  if (!parsed.success) {
    context.issues.push(
      ...parsed.error.issues.map((issue) => ({ ...issue, path: isText ? [] : issue.path }) as z.core.$ZodRawIssue),
    );
    return z.NEVER;
  }
  const { json, regex, ...texts } = parsed.data;
  const found: FrameTest[] = [];
  for (const name of ['starts-with', 'equals', 'contains'] as const) {
    const text = texts[name];
    if (text !== undefined) found.push({ test: name, text });
  }
  if (regex !== undefined) found.push({ test: 'regex', pattern: regex });
  found.push(...(json ?? []));
  if (found.length > 0 && !found.some((test) => 'text' in test && test.text === '' && test.test !== 'equals'))
    return found;
  context.addIssue(`expected at least one test that can fail: ${RULE}`);
  return z.NEVER;
}

export function headers(brought: Brought) {
  return z.unknown().transform((value, context) => readHeaders(value, [...ADDRESS_PLACEHOLDERS, ...brought], context));
}

function readHeaders(
  value: unknown,
  allowed: readonly string[],
  context: z.RefinementCtx,
): Readonly<Record<string, string>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    context.addIssue(`expected a mapping of headers such as { Authorization: … }, got ${describeValue(value)}`);
    return z.NEVER;
  }
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    const isDouble = Object.keys(texts).some((other) => other.toLowerCase() === name.toLowerCase());
    const issue = isDouble ? 'expected each header once' : findHeaderIssue(name, text);
    if (issue !== null) context.addIssue({ code: 'custom', message: issue, path: [name] });
    for (const message of issue === null ? findTemplateIssues(String(text), allowed) : []) {
      context.addIssue({ code: 'custom', message, path: [name] });
    }
    texts[name] = String(text);
  }
  return texts;
}

/** An address with a placeholder or a host, of one of these schemes. */
export function address(schemes: readonly string[], example: string, brought: Brought = []) {
  return template([...ADDRESS_PLACEHOLDERS, ...brought], `an address such as ${example}`)
    .refine((text) => schemes.some((scheme) => text.startsWith(scheme)), {
      error: ({ input }) => `expected an address such as ${example}, got ${describeValue(input)}`,
    })
    .refine((text) => !HAS_ORIGIN.test(text) || ONE_ORIGIN.test(text), {
      error:
        'expected the same host for every client, so {endpoint} or {host} with nothing added, or one that is written out: who may be loaded is asked for once',
    });
}

const HAS_ORIGIN = /^(\w+:\/\/|\{endpoint\})/;

/**
 * `{endpoint}`, or a scheme and a host, up to where a path begins. No placeholder but `{host}` may be part of that, whole, behind a
 * userinfo or before a port; variables may, being the same for all. An address has more spellings than one ("ws:///host",
 * "ws:\\host"), so that neither nothing, nor a backslash, nor a blank can be a host here.
 */
const FIXED = String.raw`(?:[^\s\\/?#{}]|\$\{env:\w+\})+`;
const ONE_ORIGIN = new RegExp(
  String.raw`^(?:\{endpoint\}|\w+://(?:(?:${FIXED}@)?\{host\}(?::\d+)?|${FIXED}))(?:[/?#]|$)`,
);

/** Names of rooms or users by their number. Characters that need no escaping in URLs, JSON, or a header. */
export const names = template(['n'], "a name such as 'r{n}'").refine(
  (text) => /^[\w.~:{}-]{1,64}$/.test(text) && listPlaceholders(text).includes('n') && listVariables(text).length === 0,
  {
    error: ({ input }) =>
      `expected a name of letters, digits and _ . ~ : - with {n} in it, such as 'r{n}', got ${describeValue(input)}`,
  },
);

export const heartbeat = mapping(
  {
    every: quantity(rules.positiveDuration),
    send: frame([]).optional(),
    ping: z.literal(true, { error: 'expected true' }).optional(),
  },
  "{ every: 20s, send: 'ping' } or { every: 20s, ping: true }",
).transform((keys, context) => {
  if ((keys.send === undefined) !== (keys.ping === undefined)) return { everyUs: keys.every, frame: keys.send ?? null };
  context.addIssue('expected either a frame to send, or ping: true for a WebSocket ping');
  return z.NEVER;
});

const SUBPROTOCOL = `the name of a subprotocol such as chat.v1, or a variable such as \${env:CHAT_TOKEN}`;

export const subprotocols = (brought: Brought) =>
  list(
    template(brought.length === 0 ? [] : [...OPENING_PLACEHOLDERS, ...brought], SUBPROTOCOL).refine(
      (text) => /^[!#$%&'*+.^`|~\w-]+$/.test(text.replace(/\$?\{[\w.:-]+\}/g, 'x')),
      {
        // What was written may be a token.
        error: `expected ${SUBPROTOCOL}`,
      },
    ),
    1,
    20,
    'a list of subprotocols such as [chat.v1]',
  );

const MAX_SEPARATOR = 64;

/** Not of letters and digits alone: a marker may hold those, and would be cut. */
export const separator = z.unknown().transform((value, context): string => {
  const isText = typeof value === 'string' && value !== '' && value.length <= MAX_SEPARATOR;
  const escaped = isText && /\\(?:[nrt0e]|x\w\w|u\w{4})/.exec(value);
  if (isText && !escaped && !/^[a-z0-9]+$/i.test(value)) return value;
  const expected = escaped
    ? `double quotes, in which YAML takes ${escaped[0]} for one character`
    : `a text that stands between records and never in one, of at most ${MAX_SEPARATOR} characters, such as "\\n"`;
  context.addIssue(`expected ${expected}, got ${describeValue(value)}`);
  return z.NEVER;
});

/** null where the text has neither an unknown placeholder nor a variable that is written wrongly. */
export function findTemplateIssues(text: string, allowed: readonly string[]): readonly string[] {
  const wrong = /\$\{(?!env:[A-Za-z_]\w*\})([^}]*)\}?/.exec(text);
  if (wrong !== null)
    return [`expected an environment variable such as \${env:CHAT_TOKEN}, got ${JSON.stringify(wrong[0])}`];
  return listPlaceholders(text)
    .filter((name) => !isAllowed(name, allowed))
    .map((name) => `unknown placeholder {${name}}${explainUnknown(name, allowed)}`);
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  if (columnOf(name) !== null) return allowed.includes(ANY_COLUMN);
  return allowed.includes(name) || (allowed.length > 0 && OWN_PLACEHOLDERS.includes(name));
}

function explainUnknown(name: string, allowed: readonly string[]): string {
  if (columnOf(name) !== null && allowed.length > 0)
    return ', expected `users: FILE` for the columns of a file of users';
  const named = allowed.filter((other) => other !== ANY_COLUMN);
  return didYouMean(name, named) || describeAllowed(named);
}

/** What a function cannot be given in a frame. */
export function findFunctionIssues(text: string, isText: boolean): readonly string[] {
  const issues = (['base64', 'hmac-sha256'] as const).flatMap((name) => {
    const varied = listNamesWithin(name, text).find((inner) => PER_MESSAGE.includes(inner));
    return varied === undefined
      ? []
      : [`expected nothing within {${name}:…} that differs between messages, got {${varied}}`];
  });
  const isDouble = !isText && /\{json:/.test(text);
  return isDouble
    ? [...issues, 'expected {json:…} in a frame that is a text: a mapping is sent as JSON already']
    : issues;
}

function describeAllowed(allowed: readonly string[]): string {
  const names = allowed.map((name) => `{${name}}`).join(', ');
  return names === '' ? ', expected none here: it is the same for every client' : `, expected one of ${names}`;
}

/** `room: {room}` without quotes is a mapping with an empty member to YAML. */
function findBarePlaceholder(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return null;
  const members = Object.entries(value);
  if (!Array.isArray(value) && members.length === 1 && members[0]![1] === null && isPlaceholder(members[0]![0])) {
    return members[0]![0];
  }
  return members.map(([, member]) => findBarePlaceholder(member)).find((name) => name !== null) ?? null;
}

function describeTemplate(value: unknown): string {
  const bare = findBarePlaceholder(value);
  return bare === null ? describeValue(value) : `a mapping: put "{${bare}}" in quotes`;
}

function isPlaceholder(name: string): boolean {
  return [...SEND_PLACEHOLDERS, ...ADDRESS_PLACEHOLDERS, 'n'].includes(name as 'n');
}

function findHeaderIssue(name: string, text: unknown): string | null {
  if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name)) return `expected the name of a header, got ${JSON.stringify(name)}`;
  if (/^sec-websocket-protocol$/i.test(name)) return 'expected `subprotocols: […]` in place of this header';
  if (isOwnHeader(name)) return `expected a header that is not of the connection itself, got ${name}`;
  if (typeof text !== 'string' && typeof text !== 'number') return `expected a text, got ${describeTemplate(text)}`;
  return /[\r\n\0]/.test(String(text)) ? 'expected a text on one line' : null;
}

const MAX_PATTERN = 200;

/**
 * A pattern that does not try exponentially many ways: short, without look-behind and back references, and without repetitions of
 * what can match in more than one way.
 */
export function readPattern(value: unknown, refuse: (expected: string) => void): string | null {
  const reject = (expected: string) => {
    refuse(expected);
    return null;
  };
  if (typeof value !== 'string' || value === '') return reject('a regular expression such as ^43');
  if (value.length > MAX_PATTERN) return reject(`a regular expression of at most ${MAX_PATTERN} characters`);
  try {
    new RegExp(value);
  } catch {
    return reject('a regular expression');
  }
  if (/\\[1-9k]|\(\?<[=!]/.test(value)) return reject('a regular expression without back references and look-behind');
  const repeated = findRepeatedChoice(value);
  if (repeated !== null) return reject(`a regular expression without repetitions of ${repeated}`);
  if (countGroups(value) > 1) return reject('a regular expression with at most one group');
  return value;
}

/** Of a pattern that is one. */
export function countGroups(pattern: string): number {
  return new RegExp(`${pattern}|`).exec('')!.length - 1;
}

function patternOfRule(value: unknown, context: z.RefinementCtx): string {
  return (
    readPattern(value, (expected) => context.addIssue(`expected ${expected}, got ${describeValue(value)}`)) ?? z.NEVER
  );
}

/** `{ type: ack, data.ok: true }`: what members are. */
function readMembers(value: unknown, allowed: readonly string[], context: z.RefinementCtx): readonly FrameTest[] {
  const isMapping = value !== null && typeof value === 'object' && !Array.isArray(value);
  const members = isMapping ? Object.entries(value) : [];
  if (members.length === 0) {
    context.addIssue(
      `expected members and their values such as { type: ack, data.ok: true }, got ${describeValue(value)}`,
    );
    return z.NEVER;
  }
  return members.map(([path, equals]): FrameTest => {
    const isPlain = equals === null || ['string', 'number', 'boolean'].includes(typeof equals);
    const issues = isPlain
      ? findTemplateIssues(String(equals), allowed)
      : [`expected a text, a number, true, false or null, got ${describeTemplate(equals)}`];
    for (const message of issues) context.addIssue({ code: 'custom', message, path: [path] });
    return { test: 'json', path: path.split('.'), equals: equals as string };
  });
}
