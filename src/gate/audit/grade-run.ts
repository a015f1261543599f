import { formatRate } from '../../quantities.ts';
import type { AuditFigure } from '../../result/audit-result.ts';
import type { RunResult } from '../../result/run-result.ts';
import { parseRatePerSecond } from '../../units.ts';
import { judgeThreshold } from '../judge-threshold.ts';
import { type Criterion, gradeAt, thresholdsOf } from './criterion.ts';
import { measureRecovery } from './measure-recovery.ts';

/** Beyond every limit. */
const NONE_HELD = 4;

/**
 * A figure of a run and its grade: that of the first of its limits that holds. It has none without data, or where the generator may
 * be why a better limit does not hold.
 */
export function gradeFigure(criterion: Criterion, result: RunResult): AuditFigure {
  if (criterion.metric === 'recovery') return gradeRecovery(criterion, measureRecovery(result));
  const judged = thresholdsOf(criterion).map((expression) => judgeThreshold(expression, result));
  const held = judged.findIndex(({ outcome }) => outcome.ok);
  const missed = held < 0 ? judged : judged.slice(0, held);
  const isOpen = missed.some(({ outcome, warning }) => outcome.undecided !== undefined || warning !== null);
  const { actual } = judged[0]!.outcome;
  return figureOf(criterion, actual, isOpen || actual === 'no data' ? null : gradeAt(held < 0 ? NONE_HELD : held));
}

/** What kept a search from more: the target, the generator, or that nothing more was to be tried. */
export type CapacityLimit = 'target' | 'generator' | 'range';

/**
 * The rate that a search has found. Where it was not the target that kept it from more, it is at least so much: a grade below A is
 * not known.
 *
 * @param perSecond  null: not even its least rate was sustained
 */
export function gradeCapacity(criterion: Criterion, perSecond: number | null, limit: CapacityLimit): AuditFigure {
  const isLeast = limit !== 'target';
  if (perSecond === null) return figureOf(criterion, 'not even the least rate', isLeast ? null : 'F');
  const held = criterion.limits.findIndex((text) => perSecond >= numberOf(parseRatePerSecond(text)));
  const actual = `${isLeast ? 'at least ' : ''}${formatRate(perSecond)}`;
  const cause = limit === 'generator' ? ', the most that this machine can send' : '';
  const grade = gradeAt(held < 0 ? NONE_HELD : held);
  return figureOf(criterion, actual + cause, isLeast && grade !== 'A' ? null : grade);
}

function gradeRecovery(criterion: Criterion, lengths: number | null): AuditFigure {
  if (lengths === null) return figureOf(criterion, 'no data', null);
  const held = criterion.limits.findIndex((limit) => lengths <= Number(limit));
  const actual = lengths === Number.POSITIVE_INFINITY ? 'not over' : `× ${lengths.toFixed(1)}`;
  return figureOf(criterion, actual, gradeAt(held < 0 ? NONE_HELD : held));
}

function numberOf(parsed: ReturnType<typeof parseRatePerSecond>): number {
  if (!parsed.ok) throw new Error(parsed.expected);
  return parsed.value;
}

function figureOf(
  { metric, operator, limits, reason }: Criterion,
  actual: string,
  grade: AuditFigure['grade'],
): AuditFigure {
  return { metric, operator, actual, grade, limits: [...limits], reason };
}
