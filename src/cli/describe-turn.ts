import { type ChoiceRule, describeUnsound, type TrialFacts } from '../gate/compare/choose-trials.ts';

/** What is said of the trial that comes next. */
export interface Turn {
  /** Such as "trial 3 of 5 (4th attempt)". */
  readonly title: string;
  /** Why it is run, where the one before is set aside: the same with ": the hypervisor took 8%, measured again" behind it. */
  readonly note: string;
}

/** The turn after these trials, or pairs of trials. */
export function describeTurn(trials: readonly TrialFacts[], { wanted, maxStealRatio }: ChoiceRule): Turn {
  const problems = trials.map((trial) => describeUnsound(trial, maxStealRatio));
  const sound = problems.filter((problem) => problem === null).length;
  const trial = `trial ${sound + 1} of ${wanted}`;
  const title = sound === trials.length ? trial : `${trial} (${ordinal(trials.length + 1)} attempt)`;
  const problem = problems.at(-1) ?? null;
  return { title, note: problem === null ? title : `${title}: ${problem}, measured again` };
}

function ordinal(count: number): string {
  const isTeen = Math.floor(count / 10) % 10 === 1;
  return `${count}${(isTeen ? null : { 1: 'st', 2: 'nd', 3: 'rd' }[count % 10]) ?? 'th'}`;
}
