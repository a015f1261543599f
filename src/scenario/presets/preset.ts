import { z } from 'zod';
import { boolean, type CommonKeys, commonKeys, replacements } from '../common-keys.ts';
import { mapping, readBy } from '../file-schemas.ts';
import { PLAIN } from '../plain-template.ts';
import { type Brought, frame, OPENING_PLACEHOLDERS, SEND_PLACEHOLDERS, template } from '../protocol-schemas.ts';
import type { FrameRule, FrameText, OpeningStepSpec, TemplateSpec } from '../protocol-spec.ts';
import { BODY_EXPECTED, hasBody } from '../send-block.ts';

/** A kind of server whose protocol is known: `use: NAME`. */
export interface Preset {
  readonly name: string;
  /** What its description may say. */
  readonly keys: readonly string[];
  block(brought: Brought): z.ZodType<TemplateSpec>;
}

/**
 * @param ownKeys what can be said besides the keys of every description, and in place of those of the same name
 * @param describe the whole description; the common keys that are given replace what it says
 */
export function definePreset<Own extends z.ZodRawShape>(
  name: string,
  ownKeys: (brought: Brought) => Own,
  describe: (keys: z.output<z.ZodObject<Own>>, isEchoed: boolean | undefined, context: z.RefinementCtx) => TemplateSpec,
): Preset {
  const allKeys = (brought: Brought) => ({ use: z.literal(name), ...commonKeys(brought), ...ownKeys(brought) });
  return {
    name,
    keys: Object.keys(allKeys([])),
    block: (brought) =>
      mapping(allKeys(brought), `{ use: ${name} }`).transform((keys, context): TemplateSpec => {
        const described = describe(
          keys as z.output<z.ZodObject<Own>>,
          (keys as CommonKeys)['sender-receives'],
          context,
        );
        return { ...described, ...replacements(withoutOwn(keys as CommonKeys, ownKeys([])), context) };
      }) as unknown as z.ZodType<TemplateSpec>,
  };
}

/** A key of the preset's own, such as STOMP's `login`, is none of those that all have. */
function withoutOwn(keys: CommonKeys, own: z.ZodRawShape): CommonKeys {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !(key in own)));
}

/** What a preset has that does not say otherwise. */
export function plainPreset(name: string): Omit<TemplateSpec, 'send'> {
  return {
    ...PLAIN,
    kind: 'template',
    name,
    url: '{endpoint}',
    headers: {},
    subprotocols: [],
    rooms: 'r{n}',
    users: 'u{n}',
    opening: [],
    heartbeat: null,
    answers: [],
    separator: null,
    message: null,
    ack: null,
    error: null,
    senderReceives: true,
  };
}

export const asText = (text: string): FrameText => ({ text, encoding: 'text' });
export const asJson = (value: unknown): FrameText => ({ text: JSON.stringify(value), encoding: 'json' });
export const asXml = (text: string): FrameText => ({ text, encoding: 'xml' });

/** A frame with texts around it that are no templates: what is within it stays encoded as it was. */
export function within(before: string, { text, encoding }: FrameText, after: string): FrameText {
  return { text: before + text + after, encoding };
}

export const sent = (frame: FrameText): TemplateSpec['send'] => ({ by: 'frame', frame });

/** Sends frames, and waits for one that keeps the rule; null: for none. */
export function step(send: readonly FrameText[], awaited: FrameRule | null): OpeningStepSpec {
  return { send: [...send], await: awaited, count: awaited === null ? 0 : 1 };
}

export const startsWith = (text: string): FrameRule => [{ test: 'starts-with', text }];
export const contains = (text: string): FrameRule => [{ test: 'contains', text }];
export const equals = (text: string): FrameRule => [{ test: 'equals', text }];
export const matches = (pattern: string): FrameRule => [{ test: 'regex', pattern }];
export const member = (path: string, value: string | number | boolean): FrameRule => [
  { test: 'json', path: path.split('.'), equals: value },
];

/** A word that stands where a client's own values may. */
export const openingText = (brought: Brought, expected = 'a text on one line') =>
  template([...OPENING_PLACEHOLDERS, ...brought], expected).refine(
    (text) => /^[^\r\n\0]+$/.test(text) && text.trim() === text,
    { error: `expected ${expected}` },
  );

/** A mapping that is sent as JSON, or a text. */
export const openingFrame = (brought: Brought) => frame([...OPENING_PLACEHOLDERS, ...brought]);

/** What carries a message. */
export const sendFrame = (brought: Brought) =>
  frame([...SEND_PLACEHOLDERS, ...brought]).refine(hasBody, { error: BODY_EXPECTED });

/** Like `openingFrame` or `sendFrame`, where the server wants the JSON of a mapping within a JSON string. */
export function jsonWithin(schema: z.ZodType<FrameText>) {
  return z.unknown().transform((value, context): FrameText => {
    const read = readBy(schema, value, context);
    return read === undefined || typeof value !== 'object' ? read : asText(quoteWithin(value));
  });
}

/** A mapping as a template of its JSON as a JSON string: values that are filled in are quoted for both. */
export function quoteWithin(value: unknown): string {
  return `{json:${writeNested(value)}}`;
}

function writeNested(value: unknown): string {
  if (typeof value === 'string') return /\{\w/.test(value) ? `{json:${value}}` : JSON.stringify(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeNested).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${writeNested(inner)}`)
    .join(',')}}`;
}

export { boolean };
