/** One line of the benchmark's table. */
export interface Measurement {
  readonly name: string;
  /** Null where the machine was too busy to tell. */
  readonly value: number | null;
  readonly unit: string;
  /** What it was measured with, and what else to know of it. */
  readonly note: string;
}

/** The middle of an odd number of repetitions: one disturbed run does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
