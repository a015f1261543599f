import { diagnose } from '../../diagnosis/diagnose.ts';
import { measureDrift } from '../../diagnosis/drift/measure-drift.ts';
import { judge } from '../../gate/judge.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';

/** The verdict on a run by its scenario's thresholds, why it is slow, and whether it stays as it was; of an invalid run nothing is said. */
export function judgeRun(result: RunResult): Verdict {
  const verdict = judge(result, result.scenario.thresholds);
  if (verdict.status === 'invalid') return verdict;
  return { ...verdict, diagnosis: diagnose(result), drift: measureDrift(result) };
}
