import { describe, expect, it } from 'vitest';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { buildVerdictFixture } from '../../testing/result-fixture.ts';
import { FAILED_COMPARISON } from '../../testing/series-fixtures.ts';
import { annotateComparison, annotateExperiment, annotateRepeat } from './render-series-annotations.ts';

const failedAt = (actual: string) =>
  buildVerdictFixture({
    status: 'fail',
    exitCode: 4,
    thresholds: [
      { expression: 'delivery.p95 < 170ms', actual, ok: false },
      { expression: 'lost == 0', actual: '0', ok: true },
    ],
  });

describe('annotations of several runs', () => {
  it('name each subject of a comparison that is worse, with size and confidence, on one line each', () => {
    const reasons = ['delivery.p95 is worse: 42.0 ms → 90.0 ms, × 2.10, p = 0.0119', 'lost: 0 → 412\n::error::x'];
    const lines = annotateComparison({ ...FAILED_COMPARISON, reasons })
      .trimEnd()
      .split('\n');
    expect(lines).toEqual([
      '::error title=chatbench reports/after against main::delivery.p95 is worse: 42.0 ms → 90.0 ms, × 2.10, p = 0.0119',
      String.raw`::error title=chatbench reports/after against main::lost: 0 → 412\x0a::error::x`,
    ]);
    const doubtful = { ...FAILED_COMPARISON, verdict: 'inconclusive' as const, reasons: ['too few runs'] };
    expect(annotateComparison(doubtful)).toBe('::warning title=chatbench reports/after against main::too few runs\n');
    expect(annotateComparison({ ...FAILED_COMPARISON, verdict: 'pass', reasons: ['no regression found'] })).toBe('');
  });

  it('gather the trials in which a threshold was missed, and name each that cannot be trusted', () => {
    const warnings = [
      { code: 'lateness' as const, invalidates: true, message: 'Sends were late.', remedy: 'Slow down.' },
    ];
    const text = annotateRepeat('burst', [
      { name: 'trial-01', verdict: buildVerdictFixture() },
      { name: 'trial-02', verdict: failedAt('182 ms') },
      { name: 'trial-03', verdict: failedAt('190 ms') },
      { name: 'trial-04', verdict: { ...failedAt('9 s'), status: 'invalid', warnings } },
    ]);
    expect(text.trimEnd().split('\n')).toEqual([
      '::error title=chatbench burst::delivery.p95 < 170ms did not hold in 2 of 4 trials (trial-02: 182 ms, trial-03: 190 ms)',
      '::error title=chatbench burst::trial-04 cannot be trusted: Sends were late.',
    ]);
    expect(annotateRepeat('burst', [{ name: 'trial-01', verdict: buildVerdictFixture() }])).toBe('');
  });

  it('name each step of a matrix that failed, and of a search only that it found nothing', () => {
    const bindings = [{ kind: 'threshold' as const, text: 'lost == 0 did not hold: it was 7' }];
    const failed = stepFixture(1600, 900, { held: false, verdict: 'fail', bindings });
    const steps = [stepFixture(400, 4), failed];
    const matrix = experimentFixture(steps, { kind: 'matrix', varied: null, curve: [] });
    expect(annotateExperiment(matrix)).toBe(
      '::error title=chatbench throughput-latency::1600/s failed: lost == 0 did not hold: it was 7\n',
    );
    expect(annotateExperiment(experimentFixture(steps, { found: { value: 400, failedAt: 1600 } }))).toBe('');
    const nothing = annotateExperiment(experimentFixture([failed], { found: { value: null, failedAt: 1600 } }));
    expect(nothing).toMatch(/^::error title=chatbench throughput-latency::Not even the first value\. .*\n$/);
  });
});
