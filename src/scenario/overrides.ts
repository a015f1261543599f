import type { Parsed, Parser } from '../units.ts';
import { type Problem, problemWithFlag } from './problem.ts';
import { queueAddress } from './queue-address.ts';
import * as rules from './rules.ts';

/**
 * Values of flags, as typed. They replace those of the file; of `thresholds` each replaces the file's on the same metric, statistic and
 * window, or is added where there is none (see `mergeThresholds`).
 */
export interface ScenarioOverrides {
  readonly rate?: string | undefined;
  readonly duration?: string | undefined;
  readonly clients?: string | undefined;
  readonly roomSize?: string | undefined;
  readonly payload?: string | undefined;
  readonly warmup?: string | undefined;
  readonly deliveryTimeout?: string | undefined;
  readonly drain?: string | undefined;
  readonly seed?: string | undefined;
  readonly target?: string | undefined;
  readonly gateways?: string | undefined;
  readonly workers?: string | undefined;
  readonly balance?: string | undefined;
  readonly topology?: string | undefined;
  readonly queueType?: string | undefined;
  readonly rateLimit?: string | undefined;
  readonly rateLimiter?: string | undefined;
  readonly spread?: string | undefined;
  readonly defect?: string | undefined;
  readonly send?: string | undefined;
  /** The run's queue, as an AMQP address. */
  readonly queue?: string | undefined;
  readonly closed?: boolean | undefined;
  /** False: messages carry no stamps. */
  readonly hops?: boolean | undefined;
  /** True: users of the reference cluster must bear tokens. */
  readonly auth?: boolean | undefined;
  /** A small, short version: the file's section `quick` counts. */
  readonly quick?: boolean | undefined;
  readonly thresholds?: readonly string[] | undefined;
}

/** A flag that was given: its value, and how it reads in a problem ("--rate 0"). */
export interface GivenFlag<T> {
  readonly flag: string;
  readonly parsed: Parsed<T>;
}

const FLAGS = {
  rate: ['--rate', rules.positiveRate],
  duration: ['--duration', rules.positiveDuration],
  clients: ['--clients', rules.clients],
  roomSize: ['--room-size', rules.roomSize],
  payload: ['--payload', rules.payload],
  warmup: ['--warmup', rules.duration],
  deliveryTimeout: ['--delivery-timeout', rules.positiveDuration],
  drain: ['--drain', rules.duration],
  seed: ['--seed', rules.seed],
  target: ['--target', rules.target],
  gateways: ['--gateways', rules.gateways],
  workers: ['--workers', rules.workers],
  balance: ['--balance', rules.balance],
  topology: ['--topology', rules.topology],
  queueType: ['--queue-type', rules.queueType],
  rateLimit: ['--rate-limit', rules.rateLimit],
  rateLimiter: ['--rate-limiter', rules.rateLimiter],
  spread: ['--spread', rules.spread],
  defect: ['--defect', rules.defect],
  send: ['--send', rules.sendWay],
  queue: ['--queue', queueAddress],
} as const;

type FlagName = keyof typeof FLAGS;
type FlagValue<Name extends FlagName> = (typeof FLAGS)[Name][1] extends Parser<infer T> ? T : never;
export type Flags = { readonly [Name in FlagName]?: GivenFlag<FlagValue<Name>> };

/** Reads every flag that was given, with a problem for each that cannot be read. */
export function readOverrides(overrides: ScenarioOverrides): {
  readonly flags: Flags;
  readonly problems: readonly Problem[];
} {
  const flags: Record<string, GivenFlag<unknown>> = {};
  const problems: Problem[] = [];
  for (const name of Object.keys(FLAGS) as FlagName[]) {
    const text = overrides[name];
    if (text === undefined) continue;
    const [flagName, parse] = FLAGS[name];
    const flag = `${flagName} ${text}`;
    const parsed: Parsed<unknown> = parse(text);
    flags[name] = { flag, parsed };
    if (!parsed.ok) problems.push(problemWithFlag(flag, `expected ${parsed.expected}${parsed.suggestion ?? ''}`));
  }
  return { flags: flags as Flags, problems };
}
