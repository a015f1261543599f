import { type ChoiceRule, describeUnsound, type TrialFacts } from '../../gate/compare/choose-trials.ts';
import type { RunPart } from '../../result/progress-file.ts';

/** What is said of the trial, or pair of trials, that comes next. */
export interface Turn {
  /** Its label says which attempt it is: "4th attempt"; empty while none was set aside. */
  readonly part: RunPart;
  /** Why the one before is measured again; null where it counts. */
  readonly problem: string | null;
}

/** The turn after these trials, or pairs of trials. */
export function describeTurn(trials: readonly TrialFacts[], { wanted, maxStealRatio }: ChoiceRule): Turn {
  const problems = trials.map((trial) => describeUnsound(trial, maxStealRatio));
  const sound = problems.filter((problem) => problem === null).length;
  const label = sound === trials.length ? '' : `${ordinal(trials.length + 1)} attempt`;
  return { part: { kind: 'trial', number: sound + 1, of: wanted, label }, problem: problems.at(-1) ?? null };
}

function ordinal(count: number): string {
  const isTeen = Math.floor(count / 10) % 10 === 1;
  return `${count}${(isTeen ? null : { 1: 'st', 2: 'nd', 3: 'rd' }[count % 10]) ?? 'th'}`;
}
