import { describe, expect, test } from 'vitest';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { displayWidth } from './display-width.ts';
import { renderExperiment } from './render-experiment.ts';

const OPTIONS = { color: false, columns: 80, files: ['reports/x/experiment.json'] };
const BACKLOG = { kind: 'backlog', text: 'the backlog grew by 90 messages a second' } as const;

const failed = stepFixture(1600, 900, { held: false, verdict: 'fail', bindings: [BACKLOG] });
const capacity = experimentFixture([stepFixture(400, 4), stepFixture(800, 8), failed, failed, stepFixture(800, 8)], {
  kind: 'capacity',
  found: { value: 800, failedAt: 1600 },
  curve: [],
  fleet: { expected: 100_000, connections: 200, ratePerConnection: 4, held: 50, gateways: 2 },
});

const curve = experimentFixture([
  stepFixture(100, 2),
  stepFixture(200, 2.2),
  stepFixture(400, 30),
  stepFixture(420, 400),
]);

/** What is told of the target, in one line. */
function targetOf(experiment: ExperimentResult): string {
  const text = renderExperiment(experiment, OPTIONS);
  return text
    .slice(text.indexOf(' Target ') + 8, text.indexOf(' Report '))
    .trim()
    .replaceAll(/\s+/g, ' ');
}

describe('the summary of an experiment', () => {
  test('says what is sustained, what stops it, and what that means for a fleet', () => {
    const text = renderExperiment(capacity, OPTIONS).replaceAll(/\s+/g, ' ');
    expect(text).toContain('✓ CAPACITY throughput-latency');
    expect(text).toContain('It sustains 800/s. At 1,600/s it did not: the backlog grew by 90 messages a second.');
    expect(text).toContain('100,000 connections need 1,500 instances: 100,000 ÷ 100 × 1.5, rounded up.');
    expect(text).toContain(
      'An instance is a gateway and its share of the rest: 800/s ÷ 4/s per connection ÷ 2 gateways.',
    );
    expect(text).toContain('So many were computed from the rate, not held: the steps had 50 connections.');
    expect(text).not.toContain('knee');
  });

  test('marks the knee of a curve, and has a line for each step', () => {
    expect(curve.knee).toBe(1);
    const lines = renderExperiment(curve, OPTIONS).split('\n');
    expect(lines.filter((line) => line.endsWith('knee'))).toEqual([lines.find((line) => line.includes('200/s  '))]);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  test('draws the p95 of alternatives to scale, and a sweep by its logarithm; both fit 80 columns', () => {
    const named = ['topology=worker, queue=classic', 'topology=pubsub'];
    const steps = [40, 10].map((p95Ms, n) => stepFixture(1200, p95Ms, { label: named[n]!, value: null }));
    const bars = (experiment: ExperimentResult) => {
      const lines = renderExperiment(experiment, OPTIONS).split('\n');
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
      return lines.flatMap((line) => /█+$/.exec(line.trimEnd())?.[0].length ?? []);
    };
    const short = steps.map((step, n) => ({ ...step, label: `way ${n}` }));
    expect(bars(experimentFixture(short, { kind: 'matrix' }))).toEqual([12, 3]);
    expect(bars(experimentFixture(steps, { kind: 'matrix' }))).toEqual([3, 1]);
    expect(bars({ ...curve, knee: null })).toEqual([4, 5, 8, 12]);
  });

  test('admits that there is no answer, and when the generator was the limit', () => {
    const nothing = experimentFixture([failed], {
      kind: 'capacity',
      found: { value: null, failedAt: 1600 },
      curve: [],
    });
    expect(renderExperiment(nothing, OPTIONS)).toContain('✗ CAPACITY');
    expect(renderExperiment(nothing, OPTIONS)).toContain('Not even the first value was sustained.');
    const own = { ...failed, bindings: [{ kind: 'generator' as const, text: 'messages went out late' }] };
    const limited = experimentFixture([stepFixture(800, 8), own], {
      kind: 'capacity',
      found: { value: 800, failedAt: 1600 },
    });
    expect(renderExperiment(limited, OPTIONS).replaceAll(/\s+/g, ' ')).toContain('The generator was the limit there');
  });

  test('of alternatives, passes only where all of them did', () => {
    const matrix = (...verdicts: readonly ('pass' | 'fail' | 'invalid')[]) => {
      const alternatives = verdicts.map((verdict, index) =>
        stepFixture(index, 8, { verdict, held: verdict === 'pass' }),
      );
      return renderExperiment(experimentFixture(alternatives, { kind: 'matrix' }), OPTIONS).replaceAll(/\s+/g, ' ');
    };
    expect(matrix('pass', 'pass')).toContain('✓ MATRIX');
    expect(matrix('pass', 'pass')).not.toMatch(/failed at|cannot be trusted/);
    expect(matrix('pass', 'fail', 'fail')).toMatch(/✗ MATRIX .* 2 of 3 steps failed at a threshold\./);
    expect(matrix('pass', 'invalid')).toMatch(/✗ MATRIX .* 1 of 2 steps cannot be trusted\./);
    expect(matrix('invalid')).toContain('No step yielded a figure that can be compared.');
  });

  test('says that the schedule was the same only where no flag of the load had several values', () => {
    const told = (variedFlags: string[] | null) => {
      const steps = [stepFixture(100, 2), stepFixture(100, 9)];
      const matrix = experimentFixture(steps, { kind: 'matrix', varied: null, variedFlags });
      return renderExperiment(matrix, OPTIONS).replaceAll(/\s+/g, ' ');
    };
    expect(told(['--topology', '--workers'])).toContain('2.00 ms. All steps had the same schedule.');
    for (const flag of ['--rate', '--clients', '--room-size', '--payload']) {
      expect(told(['--topology', flag])).toContain(
        `2.00 ms. The load differed from step to step (${flag}): compare those of equal load.`,
      );
    }
    expect(told(null)).not.toMatch(/schedule|load differed/);
  });

  test('a sweep of which no step can be trusted has no answer', () => {
    const sweep = (...verdicts: readonly ('fail' | 'invalid')[]) =>
      renderExperiment(
        experimentFixture(
          verdicts.map((verdict, index) => stepFixture(index, 8, { verdict, held: false })),
          { kind: 'sweep' },
        ),
        OPTIONS,
      );
    expect(sweep('invalid', 'fail')).toContain('✓ SWEEP');
    expect(sweep('invalid', 'invalid')).toContain('✗ SWEEP');
  });

  test('of rooms of several sizes, says when the first, the median and the last member knows', () => {
    const sizes = [2, 5_000].map((size) => stepFixture(size, size, { label: `rooms of ${size}` }));
    const lossy = { ...sizes[1]!.figures, lost: 3, fanoutLastP95Us: null };
    const steps = [sizes[0]!, { ...sizes[1]!, figures: lossy }];
    const text = renderExperiment(experimentFixture(steps, { kind: 'sweep', varied: 'room-size' }), OPTIONS);
    const lines = text.split('\n');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    const from = lines.findIndex((line) => line.includes('Fan-out, ms'));
    const table = lines.slice(from, from + 4).map((line) => line.trim().split(/\s{2,}/));
    expect(table).toEqual([
      ['Fan-out, ms', 'first', 'median', 'last'],
      ['p50', 'p95', 'p50', 'p95', 'p50', 'p95'],
      ['rooms of 2', '0.20', '0.40', '0.60', '1.20', '1.40', '2.80'],
      ['rooms of 5000', '500', '1,000', '1,500', '3,000', '3,500', '∞'],
    ]);
    expect(renderExperiment(curve, OPTIONS)).not.toContain('Fan-out');
  });

  test('tells of the target what all steps had in common, with versions', () => {
    const { target } = curve;
    const versions = target.components.map(({ name, version }) => `${name} ${version}`).join(', ');
    const whole = `${target.kind}, topology ${target.topology}, 2 gateways, 1 worker`;
    expect(targetOf({ ...curve, target: { ...target, gateways: 2, workers: 1 } })).toBe(`${whole} ${versions}`);
    const nothing = { kind: null, topology: null, queueType: null, gateways: null, workers: null, components: [] };
    expect(targetOf({ ...curve, target: nothing })).toBe('differs from step to step');
    expect(targetOf({ ...curve, target: { ...nothing, kind: 'embedded', topology: 'pubsub', workers: 0 } })).toBe(
      'embedded (in-process, no real broker), topology pubsub',
    );
  });

  test('names every public host that was loaded', () => {
    const target = { ...curve.target, kind: 'external' as const, components: [], publicHosts: ['chat.example.org'] };
    expect(targetOf({ ...curve, target })).toContain('public host chat.example.org, named by --allow-target');
    expect(targetOf(curve)).not.toContain('public');
  });

  test('says at which step a target was lost, and that there is no answer', () => {
    const targetLost = { step: '200/s', reason: 'worker-1 of the target: was killed by SIGKILL' };
    const text = renderExperiment({ ...curve, targetLost }, OPTIONS).replaceAll(/\s+/g, ' ');
    expect(text).toContain('✗ CURVE');
    expect(text).toContain('The target was lost at 200/s: worker-1 of the target: was killed by SIGKILL.');
  });

  test('carries no control character of foreign text', () => {
    const hostile = experimentFixture([stepFixture(1, 1, { label: 'a\u001b[31mb' })], { scenario: 'x\u0007' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(renderExperiment(hostile, OPTIONS)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
