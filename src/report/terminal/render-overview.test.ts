import { describe, expect, it } from 'vitest';
import type { ThresholdOutcome, Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../result/run-result.ts';
import { buildResultFixture, buildVerdictFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { displayWidth } from './display-width.ts';
import { renderOverview } from './render-overview.ts';

const PLAIN = {
  color: false,
  columns: 80,
  reportFiles: ['reports/run/report.html'],
  detailsCommand: 'chatbench report reports/run --details',
};
const result = buildResultFixture();
const SCREEN = 24;

const diagnosis = ['saturated', 'behind-ack', 'longest-hop'].map((code) => ({
  code,
  text: `${'A sentence of some length that says why it is slow. '.repeat(3)}That is all.`,
  evidence: {},
})) as unknown as NonNullable<Verdict['diagnosis']>;

const missed: readonly ThresholdOutcome[] = Array.from({ length: 9 }, (_, n) => ({
  expression: `delivery.p9${n} < 170ms during a-stage-of-some-name for every 10s`,
  actual: `${200 + n} ms in 12 s–22 s`,
  ok: false,
}));

const worst: RunResult = {
  ...result,
  completeness: { status: 'partial', reason: 'interrupted by SIGINT after 20.1 s' },
  samples: {
    ...result.samples,
    ledger: { ...lossyLedger(412), unsendable: 12 },
    connections: { ...result.samples.connections, failed: 2, dropped: 3 },
  },
  timeline: Array.from({ length: 9 }, (_, n) => ({
    ...{ atUs: n * 1_000_000, kind: 'fault' as const, text: `kill worker-${n}`, fault: n },
  })),
};

const failed = buildVerdictFixture({
  ...{ status: 'fail' as const, exitCode: 4 as const, thresholds: missed, diagnosis },
  warnings: Array.from({ length: 6 }, () => ({
    ...{
      code: 'lateness-share' as const,
      invalidates: false,
      message: 'a warning that goes on for some time '.repeat(3),
    },
    remedy: 'none',
  })),
});

function linesOf(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

describe('renderOverview', () => {
  it('tells a pass, line by line', async () => {
    await expect(renderOverview(result, buildVerdictFixture(), PLAIN)).toMatchFileSnapshot(
      './snapshots/overview-pass.txt',
    );
  });

  it.each([
    ['a pass', result, buildVerdictFixture()],
    ['whatever is wrong at once', worst, failed],
  ])('fits a screen together with the prompt: %s', (_, run, verdict) => {
    for (const columns of [40, 80, 200]) {
      const lines = linesOf(renderOverview(run, verdict, { ...PLAIN, columns }));
      expect(lines.length).toBeLessThan(SCREEN);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(Math.min(100, Math.max(72, columns)));
    }
  });

  it('ends as it begins: with the verdict', () => {
    const lines = linesOf(renderOverview(worst, failed, PLAIN));
    expect(lines[1]).toMatch(/^ ✗ FAIL {2}burst /);
    expect(lines.at(-1)).toBe(' ✗ FAIL  burst');
  });

  it('tells what did not hold with what it came to, why it is slow, what was lost, and where the report lies', () => {
    const verdict = { ...failed, thresholds: missed.slice(0, 1), diagnosis: diagnosis.slice(0, 1), warnings: [] };
    const text = renderOverview({ ...worst, timeline: [] }, verdict, PLAIN);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('for every 10s did not hold: it was 200 ms in 12 s–22 s.');
    expect(text).toContain('→ A sentence of some length');
    expect(text).toContain('412 lost');
    expect(text).toContain('Report       reports/run/report.html');
    expect(text).toContain('Details      chatbench report reports/run --details');
  });

  it('tells of an invalid run what to do, and claims no bottleneck', () => {
    const warning = {
      code: 'lateness' as const,
      invalidates: true,
      message: 'sends were late',
      remedy: 'lower the rate',
    };
    const text = renderOverview(result, { ...buildVerdictFixture(), status: 'invalid', warnings: [warning] }, PLAIN);
    expect(text).toContain('   sends were late\n   → lower the rate\n');
    expect(text).not.toContain('Longest hop');
    expect(text).not.toContain('Warnings');
    expect(renderOverview(result, buildVerdictFixture(), PLAIN)).toContain('Longest hop');
  });

  it('has no control character of a foreign text', () => {
    const scenario = {
      ...result.scenario,
      name: 'a\u001b[2Jb',
      target: { ...result.scenario.target, url: 'ws://\u0007' },
    };
    const text = renderOverview({ ...result, scenario }, buildVerdictFixture(), PLAIN);
    expect([...text].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
  });
});
