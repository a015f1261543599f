import { describe, expect, it } from 'vitest';
import { rememberSecret } from '../redact.ts';
import { mergeRefusals, RefusalCounter, tellRefusals } from './refusal-counts.ts';

function countAll(codes: readonly (string | null)[]) {
  const counter = new RefusalCounter();
  for (const code of codes) counter.count(code);
  return counter.snapshot();
}

describe('refusals by code', () => {
  it('are counted, the most frequent first', () => {
    expect(countAll(['overloaded', 'forbidden', null, 'overloaded'])).toEqual([
      { code: 'overloaded', count: 2 },
      { code: null, count: 1 },
      { code: 'forbidden', count: 1 },
    ]);
  });

  it('of several shards add up to the same in any order', () => {
    const [a, b, c] = [countAll(['x', 'y', null]), countAll(['y', 'z']), countAll(['z', 'x', 'x'])] as const;
    const whole = countAll(['x', 'y', null, 'y', 'z', 'z', 'x', 'x']);
    expect(mergeRefusals(mergeRefusals(a, b), c)).toEqual(whole);
    expect(mergeRefusals(a, mergeRefusals(c, b))).toEqual(whole);
  });

  it('are told as ten codes and the rest in one, none of them left out', () => {
    const codes = Array.from({ length: 12 }, (_, index) => new Array<string>(12 - index).fill(`code-${index}`)).flat();
    const told = tellRefusals(countAll([...codes, null]));
    expect(told).toHaveLength(11);
    expect(told[0]).toEqual({ code: 'code-0', count: 12 });
    expect(told.at(-1)).toEqual({ code: null, count: 2 + 1 + 1 });
    expect(tellRefusals(countAll(['one']))).toEqual([{ code: 'one', count: 1 }]);
  });

  it('are told without secrets, and without the part of one that the cut would leave', () => {
    rememberSecret('Zq71KaleidoscopeAtMidnight');
    const long = (rest: string) => `${'x'.repeat(70)}${rest}`;
    const counts = countAll([
      long('Zq71KaleidoscopeAtMidnight'),
      'token=Zq1234567',
      'token=Zq7654321',
      long('Zq71KaleidoscopeAtMidnight again'),
    ]);
    expect(counts).toEqual([
      { code: 'token=***', count: 2 },
      { code: long('***'), count: 1 },
      { code: long('*** again'), count: 1 },
    ]);
  });

  it('take bounded memory, whatever a server sends as a code', () => {
    const counts = countAll(Array.from({ length: 5_000 }, (_, index) => `id-${index}-${'x'.repeat(1_000)}`));
    expect(counts.length).toBeLessThanOrEqual(1_001);
    expect(Math.max(...counts.map(({ code }) => code?.length ?? 0))).toBeLessThanOrEqual(80);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
  });
});
