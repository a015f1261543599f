import { EXIT } from '../../errors.ts';
import type { Comparison } from './comparison.ts';

/**
 * A comparison that failed, together with that of a second session.
 *
 * A count that base does not have is a fact: it stays a failure, whatever was measured later. A time is a sample, and so is a
 * count that base has: it has regressed where it did so in both sessions (`confirmed`), and has not where the second one passes.
 * Where each session blames other subjects, or the second proves nothing, it is inconclusive.
 */
export function weighConfirmation(first: Comparison, again: Comparison): Comparison {
  const confirmed = again.verdict === 'inconclusive' ? null : sharesSubject(first, again);
  const reasons = [...first.reasons, ...again.reasons.map((reason) => `measured again: ${reason}`)];
  if (hasFact(first)) return { ...first, reasons, confirmed };
  if (again.verdict === 'pass') return { ...again, confirmed };
  if (again.verdict === 'fail' && confirmed) return { ...again, confirmed };
  if (again.verdict === 'fail' && hasFact(again)) return { ...again, reasons, confirmed };
  return { ...again, verdict: 'inconclusive', exitCode: EXIT.invalid, reasons, confirmed };
}

function hasFact({ counts }: Comparison): boolean {
  return counts.some(({ regressed, p }) => regressed && p === null);
}

function sharesSubject(first: Comparison, again: Comparison): boolean {
  const before = new Set(listRegressed(first));
  return listRegressed(again).some((subject) => before.has(subject));
}

function listRegressed({ times, counts }: Comparison): readonly string[] {
  return [
    ...times.filter(({ regressed }) => regressed).map(({ subject }) => subject),
    ...counts.filter(({ regressed }) => regressed).map(({ name }) => name),
  ];
}
