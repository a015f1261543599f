import { z } from 'zod';
import { describeValue, quantity } from './file-schemas.ts';
import { login } from './login-block.ts';
import { address, type Brought, headers, names, separator, subprotocols } from './protocol-schemas.ts';
import type { LoginSpec, TemplateSpec } from './protocol-spec.ts';
import { connections, DEFAULT_CONNECTIONS } from './request-block.ts';
import * as rules from './rules.ts';
import { settleUsers, users } from './users-block.ts';

export const boolean = z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` });

const SCHEMES = ['ws://', 'wss://', 'http://', 'https://', 'mqtt://', 'mqtts://', '{endpoint}'];

/** What every description may say, a preset's included; it replaces what the preset says. */
export const commonKeys = (brought: Brought) => ({
  url: address(SCHEMES, "'{endpoint}/ws/{room}/{user}'", brought).optional(),
  headers: headers(brought).optional(),
  subprotocols: subprotocols(brought).optional(),
  compression: boolean.optional(),
  rooms: names.optional(),
  users: users.optional(),
  login: login(brought).optional(),
  'login-rate': quantity(rules.positiveRate).optional(),
  'login-concurrency': connections,
  separator: separator.optional(),
  'sender-receives': boolean.optional(),
});

export type CommonKeys = {
  [K in keyof ReturnType<typeof commonKeys>]?: z.output<ReturnType<typeof commonKeys>[K]> | undefined;
};

/** What of a preset's description is said otherwise. */
export function replacements(keys: CommonKeys, context: z.RefinementCtx): Partial<TemplateSpec> {
  const { url, headers, subprotocols, compression, rooms, users, separator } = keys;
  const given = Object.entries({ url, headers, subprotocols, compression, rooms, separator }).filter(
    ([, value]) => value !== undefined,
  );
  const whose = users === undefined ? {} : settleUsers(users);
  return { ...Object.fromEntries(given), ...whose, login: settleLogin(keys, context) } as Partial<TemplateSpec>;
}

export function settleLogin(keys: CommonKeys, context: z.RefinementCtx): LoginSpec | null {
  const { login, 'login-rate': perSecond, 'login-concurrency': concurrency } = keys;
  if (login !== undefined)
    return { ...login, perSecond: perSecond ?? null, concurrency: concurrency ?? DEFAULT_CONNECTIONS };
  if (perSecond !== undefined || concurrency !== undefined)
    context.addIssue('expected login-rate and login-concurrency only with login: …');
  return null;
}
