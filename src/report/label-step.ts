import { formatCount, formatPlural, formatRate } from '../quantities.ts';
import type { Varied } from '../scenario/experiment.ts';

/** How a step is told from the others: "1,200/s", "50 clients", "rooms of 20". */
export function labelStep(varied: Varied, value: number): string {
  if (varied === 'rate') return formatRate(value);
  return varied === 'clients' ? formatPlural(value, 'client') : `rooms of ${formatCount(value)}`;
}
