import type { Trend } from '../../gate/trend.ts';

/** All that the page of a history shows. */
export interface TrendData {
  readonly title: string;
  readonly trend: Trend;
}
