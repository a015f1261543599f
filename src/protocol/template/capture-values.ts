import { listSetCookies } from '../../list-set-cookies.ts';
import type { CaptureSpec, Captures } from '../../scenario/protocol-spec.ts';
import type { ClientSession, LoginAnswer } from '../chat-protocol.ts';
import { memberAt } from './member-at.ts';

/**
 * Finds everything that is to be captured, and keeps it in the session.
 *
 * @returns why something could not be found, in one line without values; null where all is there
 */
export function captureFromAnswer(captures: Captures, answer: LoginAnswer, session: ClientSession): string | null {
  for (const [name, spec] of Object.entries(captures)) {
    const value = readAnswer(spec, answer);
    if (value === null) return `nothing to capture as {${name}}: ${describe(spec)}`;
    session.capture(name, value);
  }
  return null;
}

/** The same of a frame that the opening waited for. */
export function captureFromFrame(captures: Captures, frame: Buffer, session: ClientSession): string | null {
  return captureFromAnswer(captures, { headers: {}, text: frame.toString() }, session);
}

function readAnswer(spec: CaptureSpec, { headers, text }: LoginAnswer): string | null {
  switch (spec.from) {
    case 'json':
      return toText(memberAt(text, spec.path));
    case 'regex':
      return new RegExp(spec.pattern).exec(text.slice(0, PATTERN_CHARACTERS))?.[1] ?? null;
    case 'header': {
      const found = headers[spec.name.toLowerCase()];
      return typeof found === 'string' ? found : (found?.[0] ?? null);
    }
    default:
      return readCookie(spec.name, headers['set-cookie']);
  }
}

/** As much of an answer as a pattern gets to see. */
const PATTERN_CHARACTERS = 64 * 1024;

function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readCookie(name: string, setCookies: string | readonly string[] | undefined): string | null {
  for (const line of listSetCookies(setCookies)) {
    const [pair = ''] = line.split(';', 1);
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

function describe(spec: CaptureSpec): string {
  switch (spec.from) {
    case 'json':
      return `the answer has no member ${spec.path.join('.')}`;
    case 'regex':
      return `nothing matches ${spec.pattern}`;
    case 'header':
      return `the answer has no header ${spec.name}`;
    default:
      return `the answer sets no cookie ${spec.name}`;
  }
}
