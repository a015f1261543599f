import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallResult } from '../testing/small-result.ts';
import { judge } from './judge.ts';
import { METRICS } from './metrics.ts';
import { subjectsOf } from './subject.ts';

const count = fc.nat({ max: 1000 });
const ratio = fc.double({ min: 0, max: 2, noNaN: true });
const someTimes = fc.constantFrom<number[]>([], [0], [900, 40_000], [60_000, 7, 7], [1]);
const value = {
  duration: fc.constantFrom('0s', '1ms', '10h'),
  count: fc.constantFrom('0', '9'),
  percentage: fc.constantFrom('0%', '100%'),
  rate: fc.constantFrom('0/s', '1200/s'),
  bytes: fc.constantFrom('0', '1MB'),
  share: fc.constantFrom('0%', '150%'),
  number: fc.constantFrom('0', '0.5'),
};
const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const threshold = fc.constantFrom(...METRICS).chain((metric) => {
  return fc.tuple(fc.constantFrom(...subjectsOf(metric)), operator, value[metric.unit]).map((parts) => parts.join(' '));
});

const parts = fc.record({
  ledger: fc.record({
    planned: count,
    sent: count,
    skipped: count,
    acked: count,
    rejected: count,
    expected: count,
    once: count,
    lost: count,
    duplicated: count,
    reordered: count,
    misrouted: count,
    late: count,
  }),
  histograms: fc.record({
    delivery: someTimes,
    service: someTimes,
    ack: someTimes,
    lateness: someTimes,
    connect: someTimes,
    fanoutFirst: someTimes,
    fanoutMedian: someTimes,
    fanoutLast: someTimes,
  }),
  connections: fc.record({ attempted: count, opened: count, failed: count, dropped: count }),
  health: fc.record({ cpuRatio: ratio, starvedRatio: fc.option(ratio), gcPauseUs: count, openFiles: fc.option(count) }),
  run: fc.record({ shards: fc.record({ planned: count, reported: count }) }),
});

it('no run without deliveries ever passes, whatever else it holds and whatever is asked of it', () => {
  fc.assert(
    fc.property(parts, fc.array(threshold, { maxLength: 4 }), fc.boolean(), (generated, expressions, byLedger) => {
      const result = smallResult(
        byLedger
          ? { ...generated, ledger: { ...generated.ledger, once: 0 } }
          : { ...generated, histograms: { ...generated.histograms, delivery: [] } },
      );
      const verdict = judge(result, expressions);
      expect(verdict.status).not.toBe('pass');
      expect(verdict.exitCode).not.toBe(0);
    }),
  );
});

it('the same result and thresholds give the same verdict, and it passes only if each of them holds and nothing invalidates it', () => {
  fc.assert(
    fc.property(parts, fc.array(threshold, { maxLength: 4 }), (generated, expressions) => {
      const result = smallResult(generated);
      const verdict = judge(result, expressions);
      expect(judge(result, expressions)).toEqual(verdict);
      const isSound =
        verdict.thresholds.every(({ ok }) => ok) && verdict.warnings.every(({ invalidates }) => !invalidates);
      expect(verdict.status === 'pass').toBe(isSound);
      expect(verdict.thresholds.slice(0, expressions.length).map(({ expression }) => expression)).toEqual(expressions);
    }),
  );
});

it('more loss never turns a failed latency threshold into a passed one', () => {
  fc.assert(
    fc.property(
      someTimes.filter((times) => times.length > 0),
      count,
      count,
      (delivery, lost, more) => {
        const isOk = (missing: number) =>
          judge(smallResult({ histograms: { delivery }, ledger: { lost: missing } }), ['delivery.p95 < 10ms'])
            .thresholds[0]!.ok;
        if (!isOk(lost)) expect(isOk(lost + more)).toBe(false);
      },
    ),
  );
});
