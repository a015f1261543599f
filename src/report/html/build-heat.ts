import type { Distribution } from '../../record/histogram-summary.ts';
import type { HeatData } from './report-data.ts';

/** Bands per decade: each a quarter wider than the one below. */
const BANDS_PER_DECADE = 10;

/** Deliveries by second and band of latency; null where nothing was delivered. Bands are equally wide on a logarithmic axis. */
export function buildHeat(seconds: readonly (Distribution | null)[]): HeatData | null {
  const tops = seconds.flatMap((distribution) => {
    if (distribution === null) return [];
    return [distribution.topsUs[0] ?? 1, distribution.topsUs.at(-1) ?? 1];
  });
  if (tops.length === 0) return null;
  const lowest = bandOf(tops.reduce((least, us) => Math.min(least, us)));
  const highest = bandOf(tops.reduce((most, us) => Math.max(most, us)));
  return {
    edgesUs: Array.from({ length: highest - lowest + 2 }, (_, index) => 10 ** ((lowest + index) / BANDS_PER_DECADE)),
    counts: seconds.map((distribution) => countBands(distribution, lowest, highest)),
  };
}

function countBands(distribution: Distribution | null, lowest: number, highest: number): readonly number[] {
  const counts = new Array<number>(highest - lowest + 1).fill(0);
  for (const [index, topUs] of (distribution?.topsUs ?? []).entries()) {
    const band = bandOf(topUs) - lowest;
    counts[band] = (counts[band] ?? 0) + (distribution?.counts[index] ?? 0);
  }
  return counts;
}

/** The band with lower edge ≤ value: ⌊log10(µs) · bands per decade⌋; anything below 1 µs counts as 1 µs. */
function bandOf(us: number): number {
  return Math.floor(Math.log10(Math.max(1, us)) * BANDS_PER_DECADE);
}
