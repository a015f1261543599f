import type { StepFigures } from '../result/experiment-result.ts';

/** Figures of a step that are times. */
export type StepLatency = Exclude<Extract<keyof StepFigures, `${string}Us`>, 'queueDrainUs'>;

/** µs. The file knows no infinity: a percentile that lies among what was lost is null there. Null without data. */
export function stepLatencyUs(figures: StepFigures, field: StepLatency): number | null {
  return figures[field] ?? (figures.lost > 0 ? Number.POSITIVE_INFINITY : null);
}

/** The recipients of a message whose times tell what the size of a room costs, each with its figures. */
export const FANOUT_FIGURES = [
  { name: 'first', p50: 'fanoutFirstP50Us', p95: 'fanoutFirstP95Us' },
  { name: 'median', p50: 'fanoutMedianP50Us', p95: 'fanoutMedianP95Us' },
  { name: 'last', p50: 'fanoutLastP50Us', p95: 'fanoutLastP95Us' },
] as const satisfies readonly { name: string; p50: StepLatency; p95: StepLatency }[];
