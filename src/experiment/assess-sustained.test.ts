import { describe, expect, test } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { buildResultFixture, buildVerdictFixture } from '../testing/result-fixture.ts';
import { assessSustained, backlogGrowthPerSecond } from './assess-sustained.ts';

/** A queue whose depth follows a function of the second. */
function queueOf(depth: (second: number) => number): RunResult['queue'] {
  const atUs = Array.from({ length: 331 }, (_, index) => index * 100_000);
  return {
    ...buildResultFixture().queue!,
    atUs,
    ready: atUs.map((us) => depth(us / 1e6)),
    inFlight: atUs.map(() => 0),
  };
}

describe('a load is sustained', () => {
  test('by a healthy run', () => {
    expect(assessSustained(buildResultFixture(), buildVerdictFixture())).toEqual({ held: true, bindings: [] });
  });

  test('not while the backlog grows, however short the queue still is', () => {
    const growing = buildResultFixture({ queue: queueOf((second) => Math.round(30 * second)) });
    expect(backlogGrowthPerSecond(growing)).toBeCloseTo(30, 1);
    const { held, bindings } = assessSustained(growing, buildVerdictFixture());
    expect(held).toBe(false);
    expect(bindings).toEqual([{ kind: 'backlog', text: 'the backlog grew by 30 messages a second' }]);
  });

  test('with a long queue that stays as long as it is', () => {
    const steady = buildResultFixture({ queue: queueOf((second) => Math.round(400 + 50 * Math.sin(second * 5))) });
    expect(assessSustained(steady, buildVerdictFixture()).held).toBe(true);
  });

  test('not where a threshold failed or the generator could not be trusted, and says which', () => {
    const failed = buildVerdictFixture({
      thresholds: [{ expression: 'delivery.p95 < 170ms', actual: '200ms', ok: false }],
      warnings: [{ code: 'lateness', invalidates: true, message: 'messages went out late', remedy: '' }],
    });
    expect(assessSustained(buildResultFixture(), failed).bindings.map(({ kind }) => kind)).toEqual([
      'generator',
      'threshold',
    ]);
  });

  test('judged by the messages in flight where no queue can be seen', () => {
    const { samples } = buildResultFixture();
    const intervals = samples.intervals.map((interval) => ({ ...interval, inFlight: 100 * interval.second }));
    const blind = buildResultFixture({ queue: null, samples: { ...samples, intervals } });
    expect(backlogGrowthPerSecond(blind)).toBeCloseTo(100, 6);
    expect(assessSustained(blind, buildVerdictFixture()).bindings[0]?.kind).toBe('backlog');
  });

  test('not where less is delivered than offered', () => {
    const { samples } = buildResultFixture();
    const intervals = samples.intervals.map((interval) => ({ ...interval, delivered: 1100 }));
    const short = buildResultFixture({ samples: { ...samples, intervals } });
    expect(assessSustained(short, buildVerdictFixture()).bindings).toEqual([
      { kind: 'throughput', text: '1100 of 1200 deliveries a second arrived in time' },
    ]);
  });

  describe('of what the server refused', () => {
    const refusing = (rejected: number, limited: number, rateLimit: RunResult['scenario']['target']['rateLimit']) => {
      const { samples, scenario } = buildResultFixture();
      const ledger = { ...samples.ledger, rejected, limited };
      const target = { ...scenario.target, rateLimit };
      return buildResultFixture({ samples: { ...samples, ledger }, scenario: { ...scenario, target } });
    };

    test('by a limit that nobody declared, nothing', () => {
      expect(assessSustained(refusing(34_200, 34_200, null), buildVerdictFixture()).bindings).toEqual([
        { kind: 'refusal', text: 'the server refused 34,200 of 36,000 messages (95 %), by a rate limit' },
      ]);
    });

    test('beyond the limit that the run has set, all; but not the rest', () => {
      const limit = { kind: 'sliding', limit: 10, windowMs: 1000 } as const;
      expect(assessSustained(refusing(34_200, 34_200, limit), buildVerdictFixture()).held).toBe(true);
      expect(assessSustained(refusing(34_209, 34_200, limit), buildVerdictFixture()).bindings).toEqual([
        { kind: 'refusal', text: 'the server refused 9 of 36,000 messages (0.02 %)' },
      ]);
    });
  });
});
