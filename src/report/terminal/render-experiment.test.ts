import { describe, expect, test } from 'vitest';
import { foldTrials } from '../../experiment/fold-trials.ts';
import type { ExperimentResult, ExperimentStep } from '../../result/experiment-result.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { describeExperiment } from '../describe-experiment.ts';
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
    expect(renderExperiment(limited, OPTIONS).replaceAll(/\s+/g, ' ')).toContain('It sustains at least 800/s.');
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
    expect(matrix('invalid')).toContain('No two combinations to compare.');
  });

  describe('of alternatives', () => {
    const cell = (label: string, load: string, p95s: readonly number[]) =>
      foldTrials(p95s.map((ms) => stepFixture(100, ms, { label, load, value: null })));
    const told = (...cells: ExperimentStep[][]) => {
      const matrix = experimentFixture(cells.flat(), { kind: 'matrix', varied: null, variedFlags: ['--topology'] });
      return renderExperiment(matrix, OPTIONS).replaceAll(/\s+/g, ' ');
    };

    test('the best is told where each of its trials was below all of the others', () => {
      const text = told([...cell('a', '', [2, 3, 4])], [...cell('b', '', [5, 6, 9])]);
      expect(text).toContain('Lowest p95: a, 3.00 ms (2.00 ms–4.00 ms); in each of 3 trials below all of the others.');
      expect(text).toContain('All had the same schedule.');
    });

    test('none is the best of a single run each, or within the spread of the trials', () => {
      expect(told([...cell('a', '', [2])], [...cell('b', '', [900])])).toMatch(/No best: .*--repeat 5/);
      const text = told([...cell('a', '', [2, 3, 5])], [...cell('b', '', [5, 6, 9])]);
      expect(text).toContain(
        'the p95s of the trials overlap (a 3.00 ms (2.00 ms–5.00 ms); b 6.00 ms (5.00 ms–9.00 ms))',
      );
      expect(text).not.toContain('Lowest p95');
    });

    test('each load has a best of its own, and unequal loads have none', () => {
      const text = told(
        [...cell('a 1', 'rate=1', [2, 3, 4]), ...cell('b 1', 'rate=1', [5, 6, 9])],
        [...cell('a 9', 'rate=9', [7, 8, 9]), ...cell('b 9', 'rate=9', [3, 4, 5])],
      );
      expect(text).toContain('Lowest p95 at rate=1: a 1,');
      expect(text).toContain('Lowest p95 at rate=9: b 9,');
      expect(text).not.toContain('same schedule');
      expect(told([...cell('rate=1', 'rate=1', [1, 1, 1])], [...cell('rate=9', 'rate=9', [9, 9, 9])])).toContain(
        'Each had a load of its own: none can be compared.',
      );
    });
  });

  test('does not call a limit what nobody came to', () => {
    const open = experimentFixture([stepFixture(200, 3), stepFixture(400, 4)], {
      kind: 'capacity',
      found: { value: 400, failedAt: null },
      curve: [],
      fleet: { expected: 1000, connections: 100, ratePerConnection: null, held: 100, gateways: 1 },
    });
    const text = renderExperiment(open, OPTIONS).replaceAll(/\s+/g, ' ');
    expect(text).toContain('! CAPACITY');
    expect(text).toContain('It sustains at least 400/s. It held all that was tried. Its limit was not reached');
    expect(text).toContain('1,000 connections need at most 15 instances');
    expect(describeExperiment(open)).toMatchObject({
      answer: 'At least 400/s: the limit was not reached',
      state: 'open',
    });
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
