import { diagnose } from '../../diagnosis/diagnose.ts';
import { judge } from '../../gate/judge.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';

/** The verdict on a run by its scenario's thresholds, and why it is slow; of figures that cannot be trusted nothing is said. */
export function judgeRun(result: RunResult): Verdict {
  const verdict = judge(result, result.scenario.thresholds);
  return verdict.status === 'invalid' ? verdict : { ...verdict, diagnosis: diagnose(result) };
}
