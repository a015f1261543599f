import { expect, it } from 'vitest';
import type { Drift } from '../../diagnosis/drift/drift.ts';
import { buildVerdictFixture } from '../../testing/result-fixture.ts';
import { driftRows } from '../drift-rows.ts';
import { displayWidth } from './display-width.ts';
import { driftLines } from './drift-lines.ts';
import { choosePalette } from './palette.ts';

const PLAIN = choosePalette(false);
const MB = 1_000_000;

const steady: Drift = {
  name: 'delivery.p95',
  kind: 'latency',
  unit: 'us',
  perHour: 120,
  lowPerHour: -900,
  highPerHour: 1_100,
  from: 8_000,
  to: 8_020,
  drifts: false,
  limit: null,
};
const leak: Drift = {
  ...steady,
  name: 'worker-1',
  kind: 'memory',
  unit: 'bytes',
  perHour: 440 * MB,
  lowPerHour: 420 * MB,
  highPerHour: 460 * MB,
  drifts: true,
  limit: { name: 'the memory of this machine', value: 8_000 * MB, inHours: 17, earliestHours: 16, latestHours: 18 },
};
const creeping: Drift = {
  ...{ ...leak, name: 'queue.depth', kind: 'queue', unit: 'number', limit: null },
  ...{ perHour: 900, lowPerHour: 800, highPerHour: 1_000 },
};

const withDrift = (...drift: Drift[]) => ({ ...buildVerdictFixture(), drift });

it('has a line for each figure, with its slope and what that may be, and one more for what drifts and what it meets', () => {
  expect(driftLines(withDrift(steady, leak, creeping), PLAIN, 100)).toEqual([
    ' Over time',
    '                  an hour   with 99 % confidence',
    '   delivery.p95  +0.12 ms   −0.90 ms to +1.10 ms',
    '   worker-1       +440 MB   +420 MB to +460 MB',
    '     → drifts: the memory of this machine in 17 h (16 h to 18 h)',
    '   queue.depth       +900   +800 to +1,000',
    '     → drifts',
  ]);
});

it('fits the columns, however long a limit is', () => {
  const limit = { ...leak.limit!, name: `observed.worker.memory.max < ${'9'.repeat(90)}` };
  for (const line of driftLines(withDrift({ ...leak, limit }), PLAIN, 72))
    if (!/9{60}/.test(line)) expect(displayWidth(line)).toBeLessThanOrEqual(72);
});

it('shows no escape sequence of a name', () => {
  expect(driftLines(withDrift({ ...leak, name: 'w\u001b[31mx' }), PLAIN, 80).join('\n')).not.toContain('\u001b');
});

it('is not there where nothing could be said', () => {
  expect(driftLines(buildVerdictFixture(), PLAIN, 80)).toEqual([]);
  expect(driftRows(withDrift(steady))[0]).toMatchObject({ judgement: 'steady', drifts: false });
});
