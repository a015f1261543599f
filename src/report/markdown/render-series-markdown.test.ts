import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../gate/compare/comparison.ts';
import type { RepeatIndex } from '../../result/repeat-index.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { HOSTILE_STRINGS } from '../../testing/hostile-strings.ts';
import { FAILED_COMPARISON } from '../../testing/series-fixtures.ts';
import { renderComparisonMarkdown, renderExperimentMarkdown, renderRepeatMarkdown } from './render-series-markdown.ts';

const trial = { id: 'a', exitCode: 0, stealRatio: 0 };
const INDEX: RepeatIndex = {
  schema: 'chatbench.repeat/1',
  scenario: 'burst',
  startedAt: '2026-11-22T13:05:41.000Z',
  command: ['chatbench'],
  planned: 3,
  exitCode: 4,
  trials: [
    { ...trial, directory: 'trial-01', verdict: 'pass' },
    { ...trial, directory: 'trial-03', verdict: 'fail' },
  ],
  maxStealRatio: 0.02,
  overBudget: 0,
  setAside: [{ ...trial, directory: 'trial-02', verdict: 'invalid', reason: 'messages went out late' }],
  figures: {},
};
const FIGURES = new Map([['delivery.p95', { median: 3_000, least: 2_000, most: Number.POSITIVE_INFINITY }]]);

describe('the job summary of several runs', () => {
  it('tells a comparison, the verdict first, and marks what is worse', () => {
    const text = renderComparisonMarkdown(FAILED_COMPARISON);
    expect(text).toMatch(/^## ❌ Fail: reports\/after against main\n\n\*\*delivery\.p95 is worse: /);
    expect(text).toContain('| ❌ | delivery.p95 | 42.0 | ∞ | × ∞ (2.10–∞) | 0.0079 | × 1.15 |');
    expect(text).toContain('|  | delivery.p50 | 21.0 | 21.5 | × 1.02 (0.96–1.08) | 0.3000 | × 1.10 |');
    expect(text).toContain('| ❌ | lost | 0 | 412 |');
    expect(text).toContain('Compared although these differ: chatbench: 0.1.0 ≠ 0.2.0');
  });

  it('tells the trials of a repeat, with median and range', () => {
    const text = renderRepeatMarkdown(INDEX, FIGURES);
    expect(text).toMatch(/^## ❌ 2 trials of 3 planned of burst\n\n1 pass, 1 fail, 0 invalid\.\n/);
    expect(text).toContain('| delivery.p95 | 3.00 ms | 2.00 ms | ∞ |');
    expect(text).toContain('| · | trial-02 | invalid, set aside: messages went out late |');
  });

  it('tells the answer of an experiment, then every step', () => {
    const binding = { kind: 'backlog', text: 'the backlog grew' } as const;
    const lossy = stepFixture(1600, 900, { held: false, verdict: 'fail', bindings: [binding] });
    const steps = [stepFixture(1200, 9), { ...lossy, figures: { ...lossy.figures, p99Us: null, lost: 412 } }];
    const text = renderExperimentMarkdown(experimentFixture(steps, { found: { value: 1200, failedAt: 1600 } }));
    expect(text).toMatch(/^## ✅ CURVE: Sustains 1,200\/s\n\nthroughput-latency: Where is the knee\?\n/);
    expect(text).toContain('| ❌ | 1600/s | 1,600/s | 450 ms | 900 ms | ∞ | 412 | the backlog grew |');
  });

  it('has what was observed beside it: of a comparison both sides, of an experiment every step', () => {
    const spread = (median: number) => ({ median, least: 1, most: 9_999_999 });
    const observed = [
      { name: 'lag', unit: 'number' as const, base: spread(4), head: spread(1_200) },
      { name: 'worker.memory', unit: 'bytes' as const, base: null, head: spread(104_900_000) },
    ];
    const compared = renderComparisonMarkdown({ ...FAILED_COMPARISON, observed });
    expect(compared).toContain('| Observed, max | base | head |\n| --- | ---: | ---: |');
    expect(compared).toContain('| lag | 4 | 1,200 |');
    expect(compared).toMatch(/\| worker\.memory \| – \| 10[45](\.\d)? MB \|/);
    const step = (value: number, ...names: string[]) => {
      const base = stepFixture(value, 5);
      const of = names.map((name) => ({ name, unit: 'number' as const, mean: 1, max: value }));
      return { ...base, figures: { ...base.figures, observed: of } };
    };
    const curve = renderExperimentMarkdown(experimentFixture([step(10, 'lag'), step(20, 'lag', 'rows')]));
    expect(curve).toContain(
      '| Observed, max | lag | rows |\n| --- | ---: | ---: |\n| 10/s | 10 | – |\n| 20/s | 20 | 20 |',
    );
  });

  it('lets no foreign text become an element, a mention, a link, or another row', () => {
    const render = (text: string) => {
      const side = { label: text, runs: 5, invalid: [] };
      const comparison: Comparison = {
        ...FAILED_COMPARISON,
        reasons: [text],
        base: side,
        head: side,
        differences: [text],
      };
      const setAside = INDEX.setAside.map((each) => ({ ...each, reason: text }));
      const bindings = [{ kind: 'threshold' as const, text }];
      const steps = [stepFixture(0, 8, { label: text, value: null, bindings })];
      const matrix = experimentFixture(steps, {
        kind: 'matrix',
        varied: null,
        curve: [],
        scenario: text,
        question: text,
      });
      return [
        renderComparisonMarkdown(comparison),
        renderRepeatMarkdown({ ...INDEX, scenario: text, setAside }, FIGURES),
        renderExperimentMarkdown(matrix),
      ].join('');
    };
    const calm = render('calm').split('\n').length;
    for (const hostile of HOSTILE_STRINGS) {
      expect(render(hostile).split('\n').length, hostile).toBe(calm);
      expect(render(hostile), hostile).not.toMatch(/<|@|https?:/);
    }
  });
});
