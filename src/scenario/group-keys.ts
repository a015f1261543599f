import { z } from 'zod';
import type { TrafficKind } from '../choices.ts';
import { type Parser, parseRatePerSecond, rejectText } from '../units.ts';
import { LIMITS } from './defaults.ts';
import { describeValue, list, listOr, mapping, quantity, readBy, text } from './file-schemas.ts';
import { protocolBlock } from './protocol-block.ts';
import type { ProtocolSpec } from './protocol-spec.ts';
import * as rules from './rules.ts';

/** A rate of a group's clients together, or of each of them. */
export interface GroupRate {
  readonly perSecond: number;
  readonly isPerClient: boolean;
}

/** "100/s", "1/s-per-client", "6/m per client"; 0 included. */
export const groupRate: Parser<GroupRate> = (written) => {
  const [, rate = '', each] = /^(.*?)(?:(\s+|-)per(?:\s+|-)client)?$/.exec(written.trim()) ?? [];
  const parsed = parseRatePerSecond(rate);
  return parsed.ok && parsed.value <= LIMITS.maxRatePerSecond
    ? { ok: true, value: { perSecond: parsed.value, isPerClient: each !== undefined } }
    : rejectText('a rate such as 100/s or 1/s-per-client', written);
};

const trafficKeys = {
  typing: quantity(groupRate).optional(),
  receipts: quantity(groupRate).optional(),
  history: quantity(groupRate).optional(),
} as const satisfies Readonly<Record<TrafficKind, unknown>>;

const session = mapping(
  {
    length: quantity(rules.positiveDuration),
    away: quantity(rules.positiveDuration),
    fixed: z.boolean({ error: ({ input }) => `expected true or false, got ${describeValue(input)}` }).optional(),
  },
  '{ length: 30s, away: 10s }',
);

const payloadClass = mapping(
  { bytes: quantity(rules.payload), share: quantity(rules.positiveShare) },
  '{ bytes: 100, share: 90% }',
);

/** A description, or the path of one. */
export type GroupProtocol = { readonly file: string } | { readonly spec: ProtocolSpec };

const protocol = z.unknown().transform((value, context): GroupProtocol => {
  if (typeof value === 'string' && /\.ya?ml$/.test(value)) return { file: value };
  return { spec: readBy(protocolBlock, value, context) };
});

export const groupKeys = {
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a short name of a–z, 0–9 and - such as readers'),
  share: quantity(rules.positiveShare),
  /** Two words for one thing. */
  rate: quantity(groupRate).optional(),
  send: quantity(groupRate).optional(),
  payload: listOr(
    list(payloadClass, 1, LIMITS.maxClasses, 'a list of sizes'),
    quantity(rules.payload).transform((bytes) => [{ bytes, share: 1 }]),
  ).optional(),
  traffic: mapping(trafficKeys, '{ history: 0.1/s-per-client }').optional(),
  session: session.optional(),
  protocol: protocol.optional(),
};

const group = mapping(groupKeys, '{ name: talkers, share: 20%, rate: 1/s-per-client }').superRefine(
  ({ rate, send, payload }, context) => {
    if (rate !== undefined && send !== undefined) context.addIssue('expected "rate" or "send", which say the same');
    const sum = payload?.reduce((total, { share }) => total + share, 0) ?? 1;
    if (Math.abs(sum - 1) > 1e-9)
      context.addIssue({ code: 'custom', path: ['payload'], message: 'expected shares that add up to 100 %' });
  },
);

export type FileGroup = z.output<typeof group>;

/** Groups of users that do different things. */
export const groups = list(
  group,
  1,
  LIMITS.maxGroups,
  'a list of groups such as { name: talkers, share: 20% }',
).superRefine((all, context) => {
  for (const [index, { name }] of all.entries()) {
    if (all.findIndex((other) => other.name === name) < index)
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `expected each name once, got another group "${name}"`,
      });
  }
  const sum = all.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9)
    context.addIssue(`expected shares that add up to 100 %, got ${Math.round(sum * 1e6) / 1e4} %`);
});
