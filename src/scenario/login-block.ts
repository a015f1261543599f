import { z } from 'zod';
import { splitPlaceholders, writePlaceholder } from '../placeholders.ts';
import { ANSWER_SOURCES, captures } from './capture-schemas.ts';
import { describeValue, list, mapping, text } from './file-schemas.ts';
import { ADDRESS_PLACEHOLDERS, address, type Brought, findTemplateIssues, frame, headers } from './protocol-schemas.ts';
import type { FrameText, LoginSpec, LoginStepSpec } from './protocol-spec.ts';

const MAX_STEPS = 20;
const EXAMPLE = "{ http: { method: POST, url: 'http://{host}/login', body: { name: '{user}' } }, expect: 200 }";

/** What an HTTP request carries: `body` or `form`, and the header that says which. */
export function bodyOf(
  { body, form }: { readonly body?: FrameText | undefined; readonly form?: FrameText | undefined },
  context: z.RefinementCtx,
): { readonly frame: FrameText | null; readonly headers: Readonly<Record<string, string>> } {
  if (body !== undefined && form !== undefined) context.addIssue('expected either body or form');
  const frame = body ?? form ?? null;
  const type = frame?.encoding === 'json' ? 'application/json' : FORM_TYPE;
  return { frame, headers: frame === null || frame.encoding === 'text' ? {} : { 'content-type': type } };
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** `{ name: '{user}' }` as a form's text. */
export function form(allowed: readonly string[]) {
  return z.unknown().transform((value, context): FrameText => {
    const fields = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
    if (fields.length === 0 || fields.some(([, field]) => !['string', 'number', 'boolean'].includes(typeof field))) {
      context.addIssue(`expected fields and their values such as { name: '{user}' }, got ${describeValue(value)}`);
      return z.NEVER;
    }
    const texts = fields.map(([name, field]) => `${encodeURIComponent(name)}=${encodeLiterals(String(field))}`);
    for (const [, field] of fields) {
      for (const issue of findTemplateIssues(String(field), allowed)) context.addIssue(issue);
    }
    return { text: texts.join('&'), encoding: 'form' };
  });
}

/** Placeholders stay what they are: their values are encoded once they are known. */
function encodeLiterals(value: string): string {
  return splitPlaceholders(value)
    .map((piece) => ('literal' in piece ? encodeURIComponent(piece.literal) : writePlaceholder(piece)))
    .join('');
}

/** 200, 3xx, or a list of such. */
const expected = z.unknown().transform((value, context): readonly string[] => {
  const all = (Array.isArray(value) ? value : [value]).map(String);
  if (all.length > 0 && all.every((status) => /^[1-5](?:\d\d|xx)$/.test(status))) return all;
  context.addIssue(`expected a status such as 200 or 3xx, or a list of them, got ${describeValue(value)}`);
  return z.NEVER;
});

/** HTTP statuses, and close codes of WebSockets. */
const againOn = z.unknown().transform((value, context): readonly number[] => {
  const all = (Array.isArray(value) ? value : [value]).map(Number);
  if (all.length > 0 && all.every((code) => Number.isInteger(code) && code >= 100 && code <= 4999)) return all;
  context.addIssue(`expected HTTP statuses and close codes such as [401, 4001], got ${describeValue(value)}`);
  return z.NEVER;
});

const HTTP_KEYS = ['method', 'url', 'headers', 'body', 'form'];
const STEP_KEYS = ['http', 'expect', 'capture'];
export const LOGIN_KEYS: Readonly<Record<string, readonly string[]>> = {
  'protocol.login': [...STEP_KEYS, 'steps', 'again-on'],
  'protocol.login.http': HTTP_KEYS,
  'protocol.login.steps': STEP_KEYS,
  'protocol.login.steps.http': HTTP_KEYS,
};

function stepKeysWith(brought: Brought) {
  const allowed = [...ADDRESS_PLACEHOLDERS, ...brought];
  const http = mapping(
    {
      method: text(/^[A-Z]{1,20}$/, 'a method such as POST').optional(),
      url: address(['http://', 'https://', '{endpoint}'], "'http://{host}/login'", brought),
      headers: headers(brought).optional(),
      body: frame(allowed).optional(),
      form: form(allowed).optional(),
    },
    "{ method: POST, url: 'http://{host}/login', body: { name: '{user}' } }",
  );
  return { http, expect: expected.optional(), capture: captures(ANSWER_SOURCES).optional() };
}

type StepKeys = z.output<z.ZodObject<ReturnType<typeof stepKeysWith>>>;

function toStep({ http, expect, capture }: StepKeys, context: z.RefinementCtx): LoginStepSpec {
  const { frame: body, headers: ofBody } = bodyOf(http, context);
  return {
    method: http.method ?? (body === null ? 'GET' : 'POST'),
    url: http.url,
    headers: { ...ofBody, ...http.headers },
    body,
    expect: expect ?? [],
    capture: capture ?? {},
  };
}

/** `login:`, one step, a list of steps, or `{ steps: […], again-on: […] }`. */
export function login(brought: Brought) {
  const keys = stepKeysWith(brought);
  const step = mapping(keys, EXAMPLE).transform(toStep);
  const steps = list(step, 1, MAX_STEPS, `a list of steps such as [${EXAMPLE}]`);
  const whole = mapping({ steps, 'again-on': againOn.optional() }, '{ steps: […], again-on: [401, 4001] }');
  const single = mapping({ ...keys, 'again-on': againOn.optional() }, EXAMPLE);
  return z.unknown().transform((value, context): Pick<LoginSpec, 'steps' | 'againOn'> => {
    const take = <T>(schema: z.ZodType<T>): T | null => {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]));
      return null;
    };
    if (Array.isArray(value)) return { steps: take(steps) ?? z.NEVER, againOn: [] };
    if (value !== null && typeof value === 'object' && 'steps' in value) {
      const found = take(whole);
      return found === null ? z.NEVER : { steps: found.steps, againOn: found['again-on'] ?? [] };
    }
    const found = take(single);
    return found === null ? z.NEVER : { steps: [toStep(found, context)], againOn: found['again-on'] ?? [] };
  });
}
