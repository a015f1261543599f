import { formatRate } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import { findOverload } from '../overload.ts';

/** More came in than came out for as long as one rate lasted. */
export function saturated(result: RunResult): Finding {
  const overload = findOverload(result);
  if (overload === null) return null;
  const { offeredPerSecond, takenPerSecond, growthPerSecond } = overload;
  return {
    text: `Saturated: it takes ${formatRate(takenPerSecond)} of ${formatRate(offeredPerSecond)}; the backlog grew by ${formatRate(growthPerSecond)}, so that percentiles depend on how long you run. Sustained: about ${formatRate(takenPerSecond)}.`,
    evidence: { offeredPerSecond, takenPerSecond, growthPerSecond },
  };
}
