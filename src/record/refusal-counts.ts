/** So many answers of the server refused something under this code; null: under none, or one of those too many to tell apart. */
export interface RefusalCount {
  readonly code: string | null;
  readonly count: number;
}

/** A server that puts ids into its codes must not fill the memory. */
const CODES_KEPT = 1_000;
const CODE_LENGTH = 80;
/** As many as a person reads. */
const CODES_TOLD = 10;

/** Counts refusals by the server's own code. */
export class RefusalCounter {
  readonly #counts = new Map<string | null, number>();

  count(code: string | null): void {
    const short = code === null ? null : code.slice(0, CODE_LENGTH);
    const key = this.#counts.has(short) || this.#counts.size < CODES_KEPT ? short : null;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  snapshot(): readonly RefusalCount[] {
    return sorted(this.#counts);
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
