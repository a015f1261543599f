import { z } from 'zod';
import { describeValue } from './file-schemas.ts';
import {
  ADDRESS_PLACEHOLDERS,
  ANY_COLUMN,
  type Brought,
  countGroups,
  OWN_PLACEHOLDERS,
  readPattern,
  SEND_PLACEHOLDERS,
} from './protocol-schemas.ts';
import type { CaptureSpec, Captures } from './protocol-spec.ts';
import { isUsersFile } from './users-block.ts';

const SOURCES = {
  json: '{ json: data.token }',
  header: '{ header: X-Auth }',
  regex: "{ regex: 'id=(\\w+)' }",
  cookie: '{ cookie: SESSION }',
} as const;
type Source = keyof typeof SOURCES;

/** From the answer to a request; a frame has neither headers nor cookies. */
export const ANSWER_SOURCES: readonly Source[] = ['json', 'header', 'regex', 'cookie'];
export const FRAME_SOURCES: readonly Source[] = ['json', 'regex'];

/** What braces stand for otherwise. */
const RESERVED: readonly string[] = [
  ...[...ADDRESS_PLACEHOLDERS, ...SEND_PLACEHOLDERS, ...OWN_PLACEHOLDERS],
  ...['n', 'next', 'base64', 'json', 'env'],
];

/** `{ token: { json: data.token } }`: values by the name that they have from then on. */
export function captures(sources: readonly Source[]) {
  const examples = sources.map((source) => SOURCES[source]).join(', ');
  return z.unknown().transform((value, context): Captures => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      context.addIssue(
        `expected names and where their values stand such as { token: { json: data.token } }, got ${describeValue(value)}`,
      );
      return z.NEVER;
    }
    const found: Record<string, CaptureSpec> = {};
    for (const [name, source] of Object.entries(value)) {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message, path: [name] });
      if (!/^[A-Za-z]\w{0,63}$/.test(name))
        refuse(`expected a name of letters, digits and _ such as token, got ${JSON.stringify(name)}`);
      else if (RESERVED.includes(name)) refuse(`{${name}} stands for something else: expected another name`);
      else {
        const captured = readCapture(source, sources, refuse, examples);
        if (captured !== null) found[name] = captured;
      }
    }
    return found;
  });
}

function readCapture(
  value: unknown,
  sources: readonly Source[],
  refuse: (message: string) => void,
  examples: string,
): CaptureSpec | null {
  const entries = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  const [source, text] = entries[0] ?? [];
  if (entries.length !== 1 || typeof text !== 'string' || text === '' || !sources.includes(source as Source)) {
    refuse(`expected one of ${examples}, got ${describeValue(value)}`);
    return null;
  }
  if (source === 'json') return { from: 'json', path: text.split('.') };
  if (source !== 'regex') return { from: source as 'header' | 'cookie', name: text };
  const pattern = readPattern(text, (expected) => refuse(`expected ${expected}, got ${describeValue(text)}`));
  if (pattern === null) return null;
  if (countGroups(pattern) === 1) return { from: 'regex', pattern };
  refuse(`expected a group that is the value such as id=(\\w+), got ${describeValue(text)}`);
  return null;
}

/** The placeholders that a description brings with it, whatever else is right or wrong about it. */
export function listBrought(description: object): Brought {
  const names = new Set<string>();
  collect(description, names);
  const { users } = description as { users?: unknown };
  return [...names, ...(isUsersFile(users) ? [ANY_COLUMN] : [])];
}

function collect(value: unknown, names: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) {
    if (key === 'capture' && member !== null && typeof member === 'object') {
      for (const name of Object.keys(member)) names.add(name);
    } else collect(member, names);
  }
}
