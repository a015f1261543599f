import { EXCERPT_READS, excerpt } from '../redact.ts';
import type { RefusalCount } from './samples.ts';

/** A server that puts ids into its codes must not fill the memory. */
const CODES_KEPT = 1_000;
const CODE_LENGTH = 80;
/** As many as a person reads. */
const CODES_TOLD = 10;

/** Counts refusals by the server's own code. Of codes that begin alike for 80 characters, or do without secrets, one is told. */
export class RefusalCounter {
  /** By the code as it came: what is secret in it is looked for once, in the end, before it is cut. */
  readonly #counts = new Map<string | null, number>();

  count(code: string | null): void {
    const read = code === null ? null : code.slice(0, EXCERPT_READS);
    const key = this.#counts.has(read) || this.#counts.size < CODES_KEPT ? read : null;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  snapshot(): readonly RefusalCount[] {
    const told = new Map<string | null, number>();
    for (const [code, count] of this.#counts) {
      const short = code === null ? null : excerpt(code, CODE_LENGTH);
      told.set(short, (told.get(short) ?? 0) + count);
    }
    return sorted(told);
  }
}

export function mergeRefusals(a: readonly RefusalCount[], b: readonly RefusalCount[]): readonly RefusalCount[] {
  const sum = new Map<string | null, number>();
  for (const { code, count } of [...a, ...b]) sum.set(code, (sum.get(code) ?? 0) + count);
  return sorted(sum);
}

/** The ten most frequent codes, and all others together. Only for the end: merging goes before it. */
export function tellRefusals(counts: readonly RefusalCount[]): readonly RefusalCount[] {
  const named = counts.filter(({ code }) => code !== null);
  const told = new Set(named.slice(0, CODES_TOLD));
  const rest = counts.reduce((sum, one) => (told.has(one) ? sum : sum + one.count), 0);
  return rest === 0 ? [...told] : [...told, { code: null, count: rest }];
}

/** The most frequent first, so that any order of merging yields the same. */
function sorted(counts: ReadonlyMap<string | null, number>): readonly RefusalCount[] {
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((one, other) => other.count - one.count || compareCodes(one.code ?? '', other.code ?? ''));
}

/** By bytes: the order must not depend on where it is run. */
function compareCodes(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
