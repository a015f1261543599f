import type { ComparedTime, Comparison, Spread } from '../../gate/compare/comparison.ts';
import type { ComparisonObject } from './comparison-schema.ts';

type Written = ComparisonObject['times'][number];

/** The machine-readable form of a comparison. Times in ms with three decimals; what never arrived is the string "Infinity". */
export function buildComparison(comparison: Comparison): ComparisonObject {
  const { floorUs, times, observed, reasons, differences, cautions, counts, base, head, ...rest } = comparison;
  return {
    schema: 'chatbench.comparison/1',
    ...rest,
    reasons: [...reasons],
    base: { ...base, invalid: [...base.invalid] },
    head: { ...head, invalid: [...head.invalid] },
    floorMs: floorUs / 1000,
    times: times.map(writeTime),
    ...(observed === undefined ? {} : { observed: observed.map((series) => ({ ...series })) }),
    counts: counts.map((count) => ({ ...count, ratio: count.ratio === null ? null : bounded(count.ratio) })),
    differences: [...differences],
    cautions: [...cautions],
  };
}

function writeTime({ base, head, ratio, ratioInterval, differenceUs, ...rest }: ComparedTime): Written {
  return {
    ...rest,
    baseMs: writeSpread(base),
    headMs: writeSpread(head),
    ratio: ratio === null ? null : bounded(ratio),
    ratioInterval: ratioInterval === null ? null : [bounded(ratioInterval[0]), bounded(ratioInterval[1])],
    differenceMs:
      differenceUs === null ? null : differenceUs === Number.NEGATIVE_INFINITY ? '-Infinity' : toMs(differenceUs),
  };
}

function writeSpread(spread: Spread | null): Written['baseMs'] {
  if (spread === null) return null;
  return { median: toMs(spread.median), least: toMs(spread.least), most: toMs(spread.most) };
}

function toMs(us: number): number | 'Infinity' {
  return bounded(Math.round(us) / 1000);
}

/** JSON knows no infinity. */
function bounded(value: number): number | 'Infinity' {
  return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
}
