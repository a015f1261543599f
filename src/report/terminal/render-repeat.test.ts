import { expect, it } from 'vitest';
import { renderRepeat } from './render-repeat.ts';

it('tells trials that count from those that were set aside, and why they were', () => {
  const text = renderRepeat(
    {
      scenario: 'burst',
      planned: 2,
      trials: [
        { directory: 'trial-01', verdict: 'pass' },
        { directory: 'trial-03', verdict: 'pass' },
      ],
      setAside: [
        { directory: 'trial-02', verdict: 'fail', reason: 'the hypervisor took 8.1%' },
        { directory: 'trial-04', verdict: 'invalid', reason: 'messages went out late' },
      ],
      figures: new Map([['delivery.p95', { median: 3_000, least: 2_000, most: 4_000 }]]),
      indexFile: 'reports/A/repeat.json',
    },
    false,
  );
  expect(text.split('\n').slice(1, 4)).toEqual([
    ' 2 trials of burst: 2 pass, 0 fail, 0 invalid',
    '   set aside: trial-02 (fail): the hypervisor took 8.1%',
    '   set aside: trial-04: messages went out late',
  ]);
  expect(text).toContain('3.00 ms');
});
