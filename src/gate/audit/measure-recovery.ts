import type { RunResult } from '../../result/run-result.ts';
import { knownOf } from '../known-run.ts';
import { parseSubject, readSubjectOfTarget } from '../subject.ts';

const SECOND_US = 1_000_000;
/** From when on a user notices nothing, as in the thresholds of the ready-made scenarios. */
const FELT_US = 170_000;

/**
 * How long a burst is felt after its end, in lengths of the burst: until the first second of the stage `recovery` from which on p95 of
 * what is due in each second is below 170 ms, without what the generator may have added. Infinity where the last of them is not. Null where the run has no such stages, or no
 * delivery in them.
 */
export function measureRecovery(result: RunResult): number | null {
  const { stages } = result.scenario.load;
  const index = stages.findIndex(({ name }) => name === 'recovery');
  const burst = stages.find(({ name }) => name === 'burst');
  const subject = parseSubject('delivery.p95');
  if (index < 0 || burst === undefined || typeof subject === 'string') return null;
  const before = stages.slice(0, index).reduce((sum, { durationUs }) => sum + durationUs, 0);
  const fromUs = result.phases.warmupEndUs + before;
  const seconds = Math.floor(stages[index]!.durationUs / SECOND_US);
  const known = knownOf(result);
  let felt = 0;
  let isKnown = false;
  for (let second = 0; second < seconds; second++) {
    const span = { fromUs: fromUs + second * SECOND_US, toUs: fromUs + (second + 1) * SECOND_US };
    const p95 = readSubjectOfTarget(subject, known, span);
    if (p95 === null) continue;
    isKnown = true;
    if (p95 >= FELT_US) felt = second + 1;
  }
  if (!isKnown) return null;
  return felt >= seconds ? Number.POSITIVE_INFINITY : (felt * SECOND_US) / burst.durationUs;
}
