import { expect, it } from 'vitest';
import { encodeValues } from '../../testing/encode-values.ts';
import { smallResult } from '../../testing/small-result.ts';
import { measureRecovery } from './measure-recovery.ts';

const BASE_S = 1;
const BURST_S = 2;
const RECOVERY_S = 8;

/** p95 of what is due in each second of recovery, ms, behind 1 s of warm-up, 1 s of base and a burst of 2 s; null: nothing is due. */
function recovering(p95Ms: readonly (number | null)[], own: { readonly latenessMaxUs?: number } = {}) {
  const stage = (name: string, seconds: number) => ({
    ...{ name, fromPerSecond: 50, toPerSecond: 50, durationUs: seconds * 1_000_000 },
  });
  const before = Array.from({ length: 1 + BASE_S + BURST_S }, () => 10);
  const intervals = [...before, ...p95Ms].map((ms, second) => ({
    ...{ second, offered: 50, sent: 50, skipped: 0, delivered: 50, inFlight: 0, delivery: '', lost: 0, loopDelay: '' },
    due: ms === null ? '' : encodeValues(Array.from({ length: 50 }, () => ms * 1000)),
    latenessMaxUs: own.latenessMaxUs ?? 0,
  }));
  const measureEndUs = (1 + BASE_S + BURST_S + RECOVERY_S) * 1_000_000;
  const { load } = smallResult().scenario;
  return smallResult({
    run: { phases: { warmupEndUs: 1_000_000, measureEndUs, drainEndUs: measureEndUs } },
    scenario: {
      load: { ...load, stages: [stage('base', BASE_S), stage('burst', BURST_S), stage('recovery', RECOVERY_S)] },
    },
    samples: { intervals },
  });
}

const quick = (seconds: number) => Array.from({ length: seconds }, () => 10);

it.each([
  ['is not felt at all', quick(8), 0],
  ['is felt for two seconds', [2_000, 900, ...quick(6)], 1],
  ['is felt once more, later', [2_000, 10, 10, 10, 300, ...quick(3)], 2.5],
  ['is felt to the end', [...quick(7), 171], Number.POSITIVE_INFINITY],
  ['is at the limit', [170, ...quick(7)], 0.5],
  ['is not known of seconds in which nothing was due', [400, null, null, ...quick(5)], 0.5],
  ['is not known at all', Array.from({ length: 8 }, () => null), null],
])('a burst that %s', (_, p95Ms, lengths) => expect(measureRecovery(recovering(p95Ms))).toBe(lengths));

it('what the generator may have added is not the burst', () => {
  expect(measureRecovery(recovering([180, ...quick(7)], { latenessMaxUs: 50_000 }))).toBe(0);
});

it('a run without such stages has none', () => expect(measureRecovery(smallResult())).toBeNull());
