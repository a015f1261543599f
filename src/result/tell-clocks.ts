import type { RunResult } from './run-result.ts';

/** How far times may be off that begin at one agent and end at another, µs, infinite: by any. */
interface ClockErrors {
  readonly anyUs: number;
  /** By breakdown. */
  readonly byRegions: Readonly<Record<string, number>>;
}

/** As a result has them. */
export function tellClockErrors({ anyUs, byRegions }: ClockErrors): Pick<RunResult, 'clockErrorUs' | 'clockErrorsUs'> {
  const regions = Object.entries(byRegions).map(([label, errorUs]) => [label, finiteOr(errorUs)] as const);
  return {
    clockErrorUs: finiteOr(anyUs),
    ...(regions.length === 0 ? {} : { clockErrorsUs: Object.fromEntries(regions) }),
  };
}

export function tellStartSpread(us: number): Pick<RunResult, 'startSpreadUs'> {
  return { startSpreadUs: finiteOr(us) };
}

/** What is endless has no number in JSON. */
function finiteOr(us: number): number {
  return Number.isFinite(us) ? us : -1;
}
