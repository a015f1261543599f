import { expect, it } from 'vitest';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { buildResultFixture } from '../../testing/result-fixture.ts';
import { renderCsv } from './render-csv.ts';

/** The records of a CSV text, as RFC 4180 describes them. */
function parseCsv(text: string): string[][] {
  return text
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
}

it('has one row per second, with units in the header', () => {
  const result = buildResultFixture();
  const [header, ...rows] = parseCsv(renderCsv(result));
  expect(header?.slice(0, 4)).toEqual(['second (s)', 'phase', 'offered (messages)', 'sent (messages)']);
  expect(header).toContain('delivery p99.9 by arrival (ms)');
  expect(rows.length).toBe(result.samples.intervals.length);
  expect(rows.every((row) => row.length === header?.length)).toBe(true);
  const column = (title: string) => rows.map((row) => row[header?.indexOf(title) ?? -1]);
  expect(column('delivered (deliveries)').map(Number)).toEqual(
    result.samples.intervals.map(({ delivered }) => delivered),
  );
  expect(column('phase').slice(1, 5)).toEqual(['warm-up', 'warm-up', 'measure', 'measure']);
  const tenth = result.samples.intervals[10];
  const p95Us = (which: string) => Number(column(`delivery p95 by ${which} (ms)`)[10]) * 1000;
  expect(p95Us('arrival')).toBe(summarizeHistogram(tenth?.delivery ?? '')?.p95Us);
  expect(p95Us('due time')).toBe(summarizeHistogram(tenth?.due ?? '')?.p95Us);
  expect(Math.max(...column('queue ready max (messages)').map(Number))).toBe(Math.max(...(result.queue?.ready ?? [])));
});

it('leaves cells without data empty', () => {
  const [header, first] = parseCsv(renderCsv(buildResultFixture({ queue: null })));
  expect(first?.[header?.indexOf('delivery p95 by arrival (ms)') ?? 0]).toBe('');
  expect(first?.[header?.indexOf('queue ready max (messages)') ?? 0]).toBe('');
});

it('quotes what would break a row, and lets no text run as a formula', () => {
  const timeline = [{ atUs: 1_500_000, kind: '=HYPERLINK("x")', text: 'killed, "hard"\r\nthen restarted' }];
  const [header, , second] = parseCsv(renderCsv(buildResultFixture({ timeline })));
  expect(second?.length).toBe(header?.length);
  expect(second?.at(-1)).toBe(`'=HYPERLINK("x"): killed, "hard"\r\nthen restarted`);
});
