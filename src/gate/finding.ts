import type { RunResult } from '../result/run-result.ts';
import type { Verdict, Warning, WarningCode } from './verdict.ts';

/** Where a figure becomes suspicious. Ratios are 0–1. */
export const VALIDITY_LIMITS = {
  cpuRatio: 0.95,
  /** Below it a lower rate would leave the generator no more time than it has. */
  idleCpuRatio: 0.5,
  starvedRatio: 0.25,
  /** Of the periods of a CPU quota, those in which it stopped the generator: each time for tens of milliseconds. */
  throttledRatio: 0.01,
  /** Of equal runs on two shared cores, the median p95 begins to rise from here on; see docs/ci.md. */
  stealRatio: 0.02,
  /** What other programs take of the machine: above the first a warning, above the second they may explain a missed threshold. */
  foreignRatio: 0.05,
  foreignExcuseRatio: 0.15,
  /** Other programs at 21 % have been seen to make a p95 3.4 times as long: what is missed by more than this factor they do not explain. */
  foreignFactor: 10,
  /** p99 of lateness over p99 of delivery: beyond it, much of what is called delivery is the generator's. */
  latenessShareRatio: 0.2,
  /** Up to here it is what timers and ticks cost; a server on the loopback may well be as fast as that. */
  latenessUs: 1_000,
  gcTimeRatio: 0.05,
  openFilesRatio: 0.9,
  bufferedBytes: 1_048_576,
  queueGapRatio: 0.01,
  observedGapRatio: 0.01,
  plateauUs: 1_000_000,
  /** How long after its due time a connect may begin. */
  paceLagUs: 100_000,
  /** A generator that stood still for so long may have had connections closed, and left unread what was there. */
  standstillUs: 1_000_000,
} as const;

/** What a rule has found; null: nothing. */
export type Finding = Omit<Warning, 'code'> | null;

/** What the run as a whole is looked at for. */
export type RunCode = Exclude<WarningCode, 'undecided' | 'too-few'>;

/** One rule for each way in which the numbers of a run may lie, in the order in which they are told. */
export type Rules<Code extends RunCode> = Readonly<Record<Code, (result: RunResult) => Finding>>;

/** What alone makes a run's figures not to be relied on, whatever they are held against; undefined for a run whose figures are sound. */
export function findInvalidating({ warnings }: Pick<Verdict, 'warnings'>): Warning | undefined {
  return warnings.find(({ invalidates, code }) => invalidates && code !== 'undecided' && code !== 'too-few');
}

/** The run's figures cannot be trusted. */
export function invalid(message: string, remedy: string): Finding {
  return { invalidates: true, message, remedy };
}

/** Something to know when reading the figures. */
export function warn(message: string, remedy: string): Finding {
  return { invalidates: false, message, remedy };
}
