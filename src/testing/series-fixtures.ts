import type { Comparison } from '../gate/compare/comparison.ts';

/** Of a count that base does not have. */
const UNTESTED = { tolerance: 0.1, ratio: null, difference: null, p: null, adjustedP: null };

/** A regression that was measured again, of what never arrived any more and of one count. */
export const FAILED_COMPARISON: Comparison = {
  verdict: 'fail',
  exitCode: 4,
  reasons: ['delivery.p95 is worse: 42.0 ms → ∞, endless (+∞), p = 0.0119, tolerance 15%'],
  base: { label: 'main', runs: 5, invalid: [] },
  head: { label: 'reports/after', runs: 5, invalid: [] },
  alpha: 0.0125,
  floorUs: 1000,
  floorCount: 5,
  times: [
    {
      subject: 'delivery.p50',
      tolerance: 0.1,
      base: { median: 21_000, least: 20_000, most: 22_000 },
      head: { median: 21_500, least: 20_000, most: 23_000 },
      ratio: 1.02,
      ratioInterval: [0.96, 1.08],
      differenceUs: 500,
      p: 0.3,
      adjustedP: 0.3,
      regressed: false,
      detectableRatio: 1.18,
    },
    {
      subject: 'delivery.p95',
      tolerance: 0.15,
      base: { median: 42_000, least: 40_000, most: 44_000 },
      head: { median: Number.POSITIVE_INFINITY, least: 90_000, most: Number.POSITIVE_INFINITY },
      ratio: Number.POSITIVE_INFINITY,
      ratioInterval: [2.1, Number.POSITIVE_INFINITY],
      differenceUs: Number.POSITIVE_INFINITY,
      p: 1 / 252,
      adjustedP: 2 / 252,
      regressed: true,
      detectableRatio: null,
    },
  ],
  counts: [
    { name: 'lost', base: 0, head: 412, regressed: true, ...UNTESTED },
    { name: 'duplicated', base: 0, head: 0, regressed: false, ...UNTESTED },
  ],
  differences: ['chatbench: 0.1.0 ≠ 0.2.0'],
  cautions: [
    "the hypervisor took 0.4 % of the CPU time in base's runs and 8.1 % in head's (medians); the generator's own lateness is × 1.80",
  ],
  confirmed: true,
};
