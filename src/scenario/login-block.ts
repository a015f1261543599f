import { z } from 'zod';
import { ANSWER_SOURCES, captures } from './capture-schemas.ts';
import { describeValue, list, mapping, readBy } from './file-schemas.ts';
import { ADDRESS_PLACEHOLDERS, type Brought } from './protocol-schemas.ts';
import type { LoginSpec, LoginStepSpec } from './protocol-spec.ts';
import { bodyOf, requestKeys } from './request-block.ts';

const MAX_STEPS = 20;
const EXAMPLE = "{ http: { method: POST, url: 'http://{host}/login', body: { name: '{user}' } }, expect: 200 }";
const URL_EXAMPLE = "'http://{host}/login'";

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

function stepKeysWith(brought: Brought) {
  const http = mapping(
    requestKeys(URL_EXAMPLE, brought, [...ADDRESS_PLACEHOLDERS, ...brought]),
    "{ method: POST, url: 'http://{host}/login', body: { name: '{user}' } }",
  );
  return { http, expect: expected.optional(), capture: captures(ANSWER_SOURCES).optional() };
}

const HTTP_KEYS = Object.keys(requestKeys(URL_EXAMPLE, [], []));
const STEP_KEYS = Object.keys(stepKeysWith([]));
export const LOGIN_KEYS: Readonly<Record<string, readonly string[]>> = {
  'protocol.login': [...STEP_KEYS, 'steps', 'again-on'],
  'protocol.login.http': HTTP_KEYS,
  'protocol.login.steps': STEP_KEYS,
  'protocol.login.steps.http': HTTP_KEYS,
};

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

type Login = Pick<LoginSpec, 'steps' | 'againOn'>;

/** `login:`, one step, a list of steps, or `{ steps: […], again-on: […] }`. */
export function login(brought: Brought) {
  const keys = stepKeysWith(brought);
  const step = mapping(keys, EXAMPLE).transform(toStep);
  const steps = list(step, 1, MAX_STEPS, `a list of steps such as [${EXAMPLE}]`);
  const again = { 'again-on': againOn.optional() };
  const listed = steps.transform((found): Login => ({ steps: found, againOn: [] }));
  const whole = mapping({ steps, ...again }, '{ steps: […], again-on: [401, 4001] }').transform(
    (found): Login => ({ steps: found.steps, againOn: found['again-on'] ?? [] }),
  );
  const single = mapping({ ...keys, ...again }, EXAMPLE).transform(
    (found, context): Login => ({ steps: [toStep(found, context)], againOn: found['again-on'] ?? [] }),
  );
  return z.unknown().transform((value, context): Login => {
    const isWhole = value !== null && typeof value === 'object' && 'steps' in value;
    return readBy<Login>(Array.isArray(value) ? listed : isWhole ? whole : single, value, context);
  });
}
