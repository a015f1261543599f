import { describe, expect, it } from 'vitest';
import { runResult } from '../result/run-result.ts';
import { encodeValues } from '../testing/encode-values.ts';
import { buildVerdictFixture } from '../testing/result-fixture.ts';
import { smallResult } from '../testing/small-result.ts';
import { buildReportData } from './html/build-report-data.ts';
import { buildSummary } from './json/build-summary.ts';
import { summarySchema } from './json/summary-schema.ts';
import { renderSummary } from './terminal/render-summary.ts';

const VERDICT = buildVerdictFixture();
const QUIET = smallResult();
const BUSY = smallResult({
  scenario: {
    traffic: [
      { kind: 'typing', perSecond: 500 },
      { kind: 'receipts', perSecond: 10 },
      { kind: 'history', perSecond: 2 },
    ],
  },
  samples: {
    traffic: [
      {
        kind: 'typing',
        planned: 1_000,
        sent: 1_000,
        failed: 0,
        received: 3_210,
        latency: null,
        lateness: null,
        own: null,
      },
      { kind: 'receipts', planned: 20, sent: 18, failed: 2, received: 54, latency: null, lateness: null, own: null },
      {
        kind: 'history',
        planned: 4,
        sent: 4,
        failed: 1,
        received: null,
        latency: encodeValues([1_000, 2_000, 40_000]),
        lateness: null,
        own: null,
      },
    ],
  },
});

describe('what clients did beside sending', () => {
  it('is in the summary by its kind, times in milliseconds, and in a result that can be read again', () => {
    const summary = buildSummary(BUSY, VERDICT, 'result.json');
    expect(summary.traffic).toMatchObject({
      typing: { planned: 1_000, sent: 1_000, failed: 0, received: 3_210 },
      receipts: { planned: 20, sent: 18, failed: 2, received: 54 },
      history: { planned: 4, sent: 4, failed: 1, latencyMs: { count: 3, p50: 2, max: expect.closeTo(40, 1) } },
    });
    expect(summarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    expect(runResult.parse(JSON.parse(JSON.stringify(BUSY)))).toEqual(BUSY);
  });

  it('has a line for each kind at the terminal, within 80 columns, with what failed', () => {
    const lines = renderSummary(BUSY, VERDICT, { color: false, columns: 80 }).split('\n');
    const first = lines.findIndex((line) => line.startsWith(' Traffic'));
    expect(lines.slice(first, first + 3).map((line) => line.slice(14))).toEqual([
      'typing: 1,000 of 1,000 sent, 3,210 received by others',
      'read receipts: 18 of 20 sent, 2 failed, 54 received by others',
      expect.stringMatching(/^history reads: 4 of 4 sent, 1 failed, p50 2\.00 ms, p95 40\.\d ms$/),
    ]);
    expect(lines.slice(first, first + 3).every((line) => line.length <= 80)).toBe(true);
  });

  it('is a table of the page, and a fact of the scenario', () => {
    const { traffic, scenario } = buildReportData(BUSY, VERDICT);
    expect(traffic.map(({ name, failed }) => `${name}: ${failed}`)).toEqual([
      'typing: 0',
      'read receipts: 2',
      'history reads: 1',
    ]);
    expect(scenario).toContainEqual({
      name: 'Beside messages',
      value: 'typing 500/s, read receipts 10/s, history reads 2/s',
    });
  });

  it('is nowhere to be seen where there was none', () => {
    expect(buildSummary(QUIET, VERDICT, 'result.json')).not.toHaveProperty('traffic');
    expect(renderSummary(QUIET, VERDICT, { color: false, columns: 80 })).not.toContain('Traffic');
    expect(buildReportData(QUIET, VERDICT).traffic).toEqual([]);
    expect(JSON.stringify(QUIET)).not.toContain('traffic');
  });
});
