import { expect, it } from 'vitest';
import { buildResultFixture, buildVerdictFixture } from '../testing/result-fixture.ts';
import { renderBenchmark } from './benchmark/render-benchmark.ts';
import { renderCsv } from './csv/render-csv.ts';
import { describeVerdict } from './describe-verdict.ts';
import { renderHlog } from './hlog/render-hlog.ts';
import { buildReportData } from './html/build-report-data.ts';
import { buildSummary } from './json/build-summary.ts';
import { renderMarkdown } from './markdown/render-markdown.ts';

const open = buildResultFixture();
const closed = { ...open, scenario: { ...open.scenario, load: { ...open.scenario.load, loop: 'closed' as const } } };
const verdict = buildVerdictFixture();

it.each([
  ['the sentence of the verdict', (run: typeof open) => [describeVerdict(run, verdict).finding]],
  [
    'the headline of the page',
    (run: typeof open) =>
      buildReportData(run, verdict).headline.flatMap(({ name }) => (name.startsWith('delivery ') ? [name] : [])),
  ],
  [
    'the table in Markdown',
    (run: typeof open) => renderMarkdown(run, verdict).match(/^\| Latency, ms.*$/m) ?? ['no table'],
  ],
  [
    'the CSV columns',
    (run: typeof open) =>
      renderCsv(run)
        .split('\r\n')[0]!
        .match(/delivery p[^,]+/g) ?? ['no column'],
  ],
  ['the head of the HdrHistogram log', (run: typeof open) => renderHlog(run).match(/^#\[Values.*$/m) ?? ['no head']],
  [
    'the entries of a history of benchmarks',
    (run: typeof open) => renderBenchmark(run, verdict).match(/(delivery|ack) p[^"]+/g) ?? ['no entry'],
  ],
])('%s is labelled as a service time where the loop is closed, and only there', (_, texts) => {
  for (const text of texts(closed)) expect(text).toContain('(service time: closed loop)');
  for (const text of texts(open)) expect(text).not.toContain('service time');
});

it('the summary names the loop', () => {
  expect([open, closed].map((run) => buildSummary(run, verdict, 'result.json').loop)).toEqual(['open', 'closed']);
});
