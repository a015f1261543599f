import { formatRate } from '../quantities.ts';
import { type Parsed, type Parser, rejectText } from '../units.ts';
import { LIMITS } from './defaults.ts';
import * as rules from './rules.ts';
import type { Stage } from './scenario.ts';

/** Steps of equal length: `from`, `from ± by`, … `to`. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  readonly by: number;
  readonly every: number;
}

export interface Ramp {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** "0/s → 5000/s" or "0/s -> 5000/s". */
export const ramp: Parser<Ramp> = (text) => {
  const ends = text.split(/→|->/);
  const [from, to] = ends.map((end) => rules.stageRate(end));
  if (ends.length !== 2 || !from?.ok || !to?.ok) {
    return rejectText(`two rates of at most ${formatRate(LIMITS.maxRatePerSecond)} such as 0/s → 5000/s`, text);
  }
  return { ok: true, value: { fromPerSecond: from.value, toPerSecond: to.value } };
};

/** Two ends of a search, the second one above the first. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** "100/s → 50000/s" */
export const rateRange: Parser<Range> = (text) =>
  readRange(rules.positiveRate, 'two rates such as 100/s → 50000/s', text);

/** "50 → 40000" */
export const countRange: Parser<Range> = (text) => readRange(rules.clients, 'two counts such as 50 → 40000', text);

function readRange(parse: Parser<number>, expected: string, text: string): Parsed<Range> {
  const ends = text.split(/→|->/);
  const [from, to] = ends.map((end) => parse(end.trim()));
  if (ends.length !== 2 || !from?.ok || !to?.ok || from.value > to.value) return rejectText(expected, text);
  return { ok: true, value: { from: from.value, to: to.value } };
}

/** A constant rate for one duration. */
export function hold(ratePerSecond: number, durationUs: number): Stage {
  return { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, durationUs };
}

/** One stage per step; a string says why there is none: `by` must lead from `from` to `to` exactly. */
export function expandSteps({ from, to, by, every }: Steps): readonly Stage[] | string {
  const exact = Math.abs(to - from) / by;
  const count = Math.round(exact);
  if (Math.abs(exact - count) > 1e-9 * Math.max(1, exact)) {
    return `expected steps that end at "to", but ${formatRate(from)} to ${formatRate(to)} is no multiple of ${formatRate(by)}`;
  }
  if (count >= LIMITS.maxStages) return `expected at most ${LIMITS.maxStages} steps, got ${count + 1}`;
  const direction = Math.sign(to - from);
  return Array.from({ length: count + 1 }, (_, step) =>
    hold(step === count ? to : from + direction * step * by, every),
  );
}

/** The same shape with its highest rate at `peakPerSecond`: every rate in proportion. */
export function scaleRates(stages: readonly Stage[], peakPerSecond: number): readonly Stage[] {
  const peak = peakRate(stages);
  const scale = (rate: number) => (rate === peak ? peakPerSecond : (rate / peak) * peakPerSecond);
  return stages.map((stage) => ({
    ...stage,
    fromPerSecond: scale(stage.fromPerSecond),
    toPerSecond: scale(stage.toPerSecond),
  }));
}

/**
 * The same shape over `durationUs` in all: every stage in proportion. Borders are rounded, not lengths, so that the sum
 * is exact. A string says why there is none: a stage would vanish.
 */
export function scaleDurations(stages: readonly Stage[], durationUs: number): readonly Stage[] | string {
  const factor = durationUs / totalUs(stages);
  let elapsed = 0;
  const scaled = stages.map((stage) => {
    const start = Math.round(elapsed * factor);
    elapsed += stage.durationUs;
    return { ...stage, durationUs: Math.round(elapsed * factor) - start };
  });
  return scaled.every((stage) => stage.durationUs > 0)
    ? scaled
    : `expected at least 1 µs for each of ${stages.length} stages, got ${durationUs} µs in all`;
}

export function peakRate(stages: readonly Stage[]): number {
  return stages.reduce((peak, stage) => Math.max(peak, stage.fromPerSecond, stage.toPerSecond), 0);
}

export function totalUs(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + stage.durationUs, 0);
}

/** Expected number of messages, not rounded: Σ (from + to) / 2 · duration. */
export function expectedMessages(stages: readonly Stage[]): number {
  return stages.reduce((sum, s) => sum + ((s.fromPerSecond + s.toPerSecond) / 2) * (s.durationUs / 1e6), 0);
}
