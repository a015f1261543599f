import { describe, expect, it } from 'vitest';
import { smallResult } from '../../testing/small-result.ts';
import type { Criterion } from './criterion.ts';
import { gradeCapacity, gradeFigure } from './grade-run.ts';

/** Latencies of `smallResult` are 1 … 100 ms. */
const p95 = (...limits: string[]): Criterion => ({ metric: 'delivery.p95', operator: '<', limits, reason: 'a test' });
const rates: Criterion = {
  metric: 'capacity',
  operator: '>=',
  limits: ['1000/s', '500/s', '200/s', '50/s'],
  reason: '',
};

describe('the grade of a figure', () => {
  it.each([
    [p95('96ms', '200ms', '300ms', '400ms'), 'A'],
    [p95('90ms', '96ms', '300ms', '400ms'), 'B'],
    [p95('1ms', '2ms', '96ms', '400ms'), 'C'],
    [p95('1ms', '2ms', '3ms', '96ms'), 'D'],
    [p95('1ms', '2ms', '3ms', '4ms'), 'F'],
    [p95('1ms'), 'F'],
    [{ metric: 'lost', operator: '==', limits: ['0'], reason: '' }, 'A'],
  ] as const)('is that of the first limit that holds: %o is %s', (criterion, grade) => {
    expect(gradeFigure(criterion, smallResult()).grade).toBe(grade);
  });

  it('tells what it came to, and what it would have to be', () => {
    const criterion = p95('90ms', '96ms');
    expect(gradeFigure(criterion, smallResult())).toEqual({ ...criterion, actual: '95 ms', grade: 'B' });
  });

  it('is none without data, and of too few values', () => {
    expect(
      gradeFigure(p95('1h'), smallResult({ histograms: { delivery: [] }, ledger: { expected: 0, once: 0 } })).grade,
    ).toBeNull();
    const few = { metric: 'delivery.p999', operator: '<', limits: ['1h'], reason: '' } as const;
    expect(gradeFigure(few, smallResult()).grade).toBeNull();
  });

  it('is F of what was lost', () => {
    const lossy = smallResult({ ledger: { lost: 3 } });
    expect(gradeFigure({ metric: 'lost', operator: '==', limits: ['0'], reason: '' }, lossy)).toMatchObject({
      ...{ grade: 'F', actual: '3' },
    });
  });
});

describe('the grade of a capacity', () => {
  it.each([
    [1_000, 'target', 'A', '1,000/s'],
    [999, 'target', 'B', '999/s'],
    [50, 'target', 'D', '50/s'],
    [49, 'target', 'F', '49/s'],
    [null, 'target', 'F', 'not even the least rate'],
    [4_000, 'range', 'A', 'at least 4,000/s'],
    [400, 'range', null, 'at least 400/s'],
    [2_000, 'generator', 'A', 'at least 2,000/s, the most that this machine can send'],
    [300, 'generator', null, 'at least 300/s, the most that this machine can send'],
    [null, 'generator', null, 'not even the least rate'],
  ] as const)('%s/s, limited by the %s, is %s', (perSecond, limit, grade, actual) => {
    expect(gradeCapacity(rates, perSecond, limit)).toMatchObject({ grade, actual });
  });
});
