import type { Verdict } from '../gate/verdict.ts';
import type { RunResult } from '../result/run-result.ts';
import { renderBenchmark } from './benchmark/render-benchmark.ts';
import { renderCsv } from './csv/render-csv.ts';
import type { FormatName } from './format-names.ts';
import { renderAnnotations } from './github/render-annotations.ts';
import { renderHlog } from './hlog/render-hlog.ts';
import { renderHtml } from './html/render-html.ts';
import { buildSummary } from './json/build-summary.ts';
import { renderMarkdown } from './markdown/render-markdown.ts';

/** A run with its judgement: what every report is rendered from. */
export interface JudgedRun {
  readonly result: RunResult;
  readonly verdict: Verdict;
  /** Where its result.json lies, as it should be printed. */
  readonly resultFile: string;
}

export interface Format {
  readonly file: string;
  /** `others`: further runs to lay beside it, where the format can. */
  render(run: JudgedRun, others: readonly JudgedRun[]): string | Promise<string>;
}

/** Every format with its file and what renders it. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  html: {
    file: 'report.html',
    render: ({ result, verdict }, others) => renderHtml(result, verdict, others),
  },
  md: {
    file: 'report.md',
    render: ({ result, verdict }) => renderMarkdown(result, verdict),
  },
  junit: {
    file: 'junit.xml',
    // Writing XML takes a library that other runs need not load.
    render: async ({ result, verdict }) => (await import('./junit/render-junit.ts')).renderJunit(result, verdict),
  },
  csv: { file: 'series.csv', render: ({ result }) => renderCsv(result) },
  hlog: { file: 'latency.hlog', render: ({ result }) => renderHlog(result) },
  github: {
    file: 'annotations.txt',
    render: ({ result, verdict }) => renderAnnotations(result, verdict),
  },
  benchmark: {
    file: 'benchmark.json',
    render: ({ result, verdict }) => renderBenchmark(result, verdict),
  },
  json: {
    file: 'summary.json',
    render: ({ result, verdict, resultFile }) =>
      `${JSON.stringify(buildSummary(result, verdict, resultFile), null, 2)}\n`,
  },
};
