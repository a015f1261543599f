import { describe, expect, it } from 'vitest';
import { AUDIT_ROWS, type Grade } from '../../choices.ts';
import type { AuditedRow, AuditFigure } from '../../result/audit-result.ts';
import { auditResult } from '../../result/audit-result.ts';
import { smallResult } from '../../testing/small-result.ts';
import { checkThreshold } from '../threshold.ts';
import { AUDIT } from './audit-rows.ts';
import { buildAudit, composeRow, gradeRow, leaveUnasked, leaveUngraded } from './build-audit.ts';
import { thresholdsOf } from './criterion.ts';
import { isAtLeast, worstGrade } from './grade.ts';

const [capacity, tails, burst] = AUDIT;

function figure(grade: Grade | null, metric = 'delivery.p95'): AuditFigure {
  return { metric, operator: '<', actual: '210 ms', grade, limits: ['100ms'], reason: 'a test' };
}

function audited(rows: readonly AuditedRow[]) {
  return buildAudit({
    ...{ id: 'a', startedAt: '2026-01-01T00:00:00.000Z', command: [], quick: true, targetName: 'embedded' },
    environment: smallResult().environment,
    rows: [...rows],
    interruptedBy: null,
  });
}

describe('a row', () => {
  it.each([
    [['A', 'A'], 'A'],
    [['A', 'C', 'B'], 'C'],
    [['F', 'A'], 'F'],
    [['A', null], null],
    [['D', null], null],
    [['F', null], 'F'],
  ] as const)('of figures of %j is %s', (grades, grade) => {
    const row = composeRow(
      tails!,
      grades.map((of) => figure(of)),
      [],
      [],
    );
    expect(row.grade).toBe(grade);
    expect(row.ungraded).toBe(grade === null ? 'not known well enough: delivery.p95 (210 ms)' : null);
  });

  it('of a partial run has no grade, and says why', () => {
    const result = smallResult({ run: { completeness: { status: 'partial', reason: 'interrupted by SIGINT' } } });
    const row = gradeRow(tails!, { result, diagnosis: [], directories: ['01-tails'] });
    expect(row).toMatchObject({ grade: null, figures: [], evidence: ['01-tails'] });
    expect(row.ungraded).toBe('the run is partial: interrupted by SIGINT');
  });
});

it('a row that was tried to no avail is a gap, and one that cannot be asked is none', () => {
  expect(leaveUngraded(tails!, 'the target was lost')).toMatchObject({ grade: null, isAsked: true });
  expect(leaveUnasked(tails!, 'not for it')).toMatchObject({ grade: null, isAsked: false, ungraded: 'not for it' });
});

describe('an audit', () => {
  const row = (of: (typeof AUDIT)[number], grade: Grade | null) => composeRow(of, [figure(grade)], [], []);

  it('is as good as its worst row, and begins with the first of those', () => {
    const audit = audited([row(capacity!, 'B'), row(tails!, 'D'), row(burst!, 'D'), leaveUngraded(burst!, 'lost')]);
    expect(audit.grade).toBe('D');
    expect(audit.first).toMatchObject({ row: 'tails' });
    expect(audit.first!.text).toMatch(/^Latency at half of that: delivery\.p95 is 210 ms\. See which hop/);
    expect(auditResult.parse(audit)).toEqual(audit);
  });

  it('says first what the diagnosis of the worst row says', () => {
    const told = composeRow(tails!, [figure('F')], [{ code: 'saturated', text: 'It is saturated.', evidence: {} }], []);
    expect(audited([told]).first!.text).toBe('Latency at half of that: delivery.p95 is 210 ms. It is saturated.');
  });

  it('that finds nothing says nothing', () => {
    expect(audited([row(capacity!, 'A'), row(tails!, 'A')])).toMatchObject({ grade: 'A', first: null });
    expect(audited([leaveUngraded(tails!, 'lost')])).toMatchObject({ grade: null, first: null });
  });
});

it('every row has a name, a scenario and limits that are thresholds', () => {
  expect(AUDIT.map(({ id }) => id)).toEqual([...AUDIT_ROWS]);
  for (const criterion of AUDIT.flatMap(({ criteria }) => criteria)) {
    expect(criterion.reason).not.toBe('');
    if (['capacity', 'recovery'].includes(criterion.metric)) continue;
    for (const expression of thresholdsOf(criterion)) expect(checkThreshold(expression, []), expression).toBeNull();
  }
});

it('grades are ordered', () => {
  expect(worstGrade(['B', 'A', 'D'])).toBe('D');
  expect(worstGrade([])).toBeNull();
  expect([isAtLeast('A', 'B'), isAtLeast('B', 'B'), isAtLeast('C', 'B')]).toEqual([true, true, false]);
});
