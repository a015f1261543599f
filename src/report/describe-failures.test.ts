import { expect, it } from 'vitest';
import { judge } from '../gate/judge.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { describeFailures } from './describe-failures.ts';
import { renderAnnotations } from './github/render-annotations.ts';
import { buildReportData } from './html/build-report-data.ts';
import { buildSummary } from './json/build-summary.ts';
import { renderJunit } from './junit/render-junit.ts';
import { renderMarkdown } from './markdown/render-markdown.ts';
import { renderSummary } from './terminal/render-summary.ts';

const THRESHOLDS = ['delivery.p95 < 170ms', 'lost == 0', 'misrouted == 0', 'dropped == 0', 'connect.success == 100%'];
const REFUSED = 'refused: HTTP status 503, Retry-After 3: no upstream!';

/** Every other client was refused: nobody got anything, and half of the messages had no connection to go by. */
const HALF_REFUSED: SmallResultParts = {
  connections: { opened: 2, failed: 2, failures: { [REFUSED]: 2 } },
  ledger: { sent: 50, unsendable: 50, acksExpected: 50, acked: 50, expected: 50, once: 0, lost: 50 },
  histograms: { delivery: [], service: [], fanoutFirst: [], fanoutMedian: [], fanoutLast: [] },
};

function failuresOf(parts: SmallResultParts, thresholds = THRESHOLDS) {
  const result = smallResult(parts);
  return describeFailures(result, judge(result, thresholds)).map(({ reason }) => reason);
}

it('tells the refusal by which four thresholds are missed once, with the words of the server', () => {
  expect(failuresOf(HALF_REFUSED)).toEqual([
    `2 of 4 connections failed: ${REFUSED} × 2. Missed by that: delivery.p95 < 170ms (∞), lost == 0 (50), connect.success == 100% (50 %), unsendable == 0 (50).`,
  ]);
});

it('carries the cause to GitHub, JUnit and Markdown, and no consequence as an annotation of its own', () => {
  const result = smallResult(HALF_REFUSED);
  const verdict = judge(result, THRESHOLDS);
  const lines = renderAnnotations(result, verdict).split('\n');
  expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('503'))).toHaveLength(1);
  const junit = renderJunit(result, verdict);
  expect(junit.match(/<failure [^>]*message="actual [^"]*503, Retry-After 3: no upstream!/g)).toHaveLength(4);
  expect(renderMarkdown(result, verdict)).toMatch(/\*\*2 of 4 connections failed.*503.*no upstream/);
});

it('tells duplicates and reordering in every report of a run that passes', () => {
  const result = smallResult({ ledger: { duplicated: 30, reordered: 2 } });
  const verdict = judge(result, ['lost == 0']);
  expect(verdict.status).toBe('pass');
  const texts = [
    renderJunit(result, verdict),
    renderMarkdown(result, verdict),
    renderAnnotations(result, verdict),
    renderSummary(result, verdict, { color: false, columns: 200 }),
    JSON.stringify(buildSummary(result, verdict, 'result.json').warnings),
    JSON.stringify(buildReportData(result, verdict).verdict),
  ];
  for (const text of texts) {
    expect(text).toMatch(/30 deliveries of 100 came again/);
    expect(text).toMatch(/2 deliveries of 100 came after a later message/);
  }
  for (const text of [texts[0], texts[1], texts[3], texts[5]])
    expect(text?.replace(/\s+/g, ' ')).toContain('Of 100 deliveries: 30 duplicated, 2 out of order.');
});

it('tells what was closed by its code and text', () => {
  const dropped = { dropped: 4, drops: { 'closed with 4001: session expired': 4 } };
  expect(failuresOf({ connections: dropped })).toEqual([
    '4 of 4 connections were closed by the other side: closed with 4001: session expired × 4. Missed by that: dropped == 0 (4).',
  ]);
});

it('tells a time that is endless by what was lost with the loss, and all else by itself', () => {
  expect(failuresOf({ ...HALF_REFUSED, connections: {}, ledger: { once: 0, lost: 100, misrouted: 3 } })).toEqual([
    'lost == 0 did not hold: it was 100. Missed by that, too: delivery.p95 < 170ms (∞).',
    'misrouted == 0 did not hold: it was 3.',
  ]);
});

it('leaves a slow threshold of a run with a closed connection to itself', () => {
  const dropped = { dropped: 1, drops: { 'closed with 1001: going away': 1 } };
  expect(failuresOf({ connections: dropped }, ['delivery.p95 < 1ms'])).toEqual([
    'delivery.p95 < 1ms did not hold: it was 95 ms.',
  ]);
});

it('blames no closed connection where the scenario breaks things itself', () => {
  const faults = [{ atUs: 1, action: 'kill', on: 'gateway-1', forUs: null, share: null, delayUs: null } as const];
  const dropped = { dropped: 4, drops: { 'closed with 1006': 4 } };
  expect(
    failuresOf({ connections: dropped, ledger: { once: 99, lost: 1 }, scenario: { faults } }, ['lost == 0']),
  ).toEqual(['lost == 0 did not hold: it was 1.']);
});
