import { expect, it } from 'vitest';
import { describeOutcome, faultRows } from './fault-rows.ts';

const SECOND = 1_000_000;

it('puts the end and the failure of each fault beside its beginning', () => {
  const rows = faultRows({
    timeline: [
      { atUs: 0, kind: 'postgres', text: 'checkpoint starting: time' },
      { atUs: 4 * SECOND, kind: 'fault', text: 'kill worker-1', fault: 0 },
      { atUs: 5 * SECOND, kind: 'fault', text: 'pause gateway-2 for 5.00 s', fault: 1 },
      { atUs: 6 * SECOND, kind: 'fault', text: 'pause gateway-2 for 5.00 s', fault: 2 },
      { atUs: 6 * SECOND, kind: 'fault-failed', text: 'pause gateway-2 for 5.00 s: it is gone', fault: 2 },
      { atUs: 7 * SECOND, kind: 'fault', text: 'delay gateway-1 by 100 ms for 1.00 s', fault: 3 },
      { atUs: 8 * SECOND, kind: 'fault-failed', text: 'end of delay gateway-1: the target is gone', fault: 3 },
      { atUs: 10 * SECOND, kind: 'fault-end', text: 'gateway-2 is as before', fault: 1 },
    ],
  });
  expect(rows.map((row) => [row.atUs / SECOND, row.text, describeOutcome(row)])).toEqual([
    [4, 'kill worker-1', null],
    [5, 'pause gateway-2 for 5.00 s', 'over at 10 s'],
    [6, 'pause gateway-2 for 5.00 s', 'failed: it is gone'],
    [7, 'delay gateway-1 by 100 ms for 1.00 s', 'failed: end of delay gateway-1: the target is gone'],
  ]);
});
