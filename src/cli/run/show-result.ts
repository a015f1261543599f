import { dirname } from 'node:path';
import type { Verdict } from '../../gate/verdict.ts';
import { buildSummary } from '../../report/json/build-summary.ts';
import { renderOverview } from '../../report/terminal/render-overview.ts';
import { renderSummary } from '../../report/terminal/render-summary.ts';
import type { RunResult } from '../../result/run-result.ts';
import { answersInColor, printAnswer } from '../print.ts';
import { shortPath } from './short-path.ts';

export interface ShowOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Everything, not what fits one screen. */
  readonly details: boolean;
  /** The same, and what each row of it means. */
  readonly explain: boolean;
  /** Null where none could be written. */
  readonly resultFile: string;
  /** What was written besides, in the order to be told in. */
  readonly reportFiles: readonly string[];
}

/** The end of a run on stdout: one JSON object, or one screen, or with --details all of it, or with --quiet the verdict alone. */
export function showResult(result: RunResult, verdict: Verdict, options: ShowOptions): void {
  if (options.json) {
    printAnswer(`${JSON.stringify(buildSummary(result, verdict, options.resultFile), null, 2)}\n`);
    return;
  }
  if (options.quiet) {
    printAnswer(`${verdict.status}\n`);
    return;
  }
  const screen = {
    color: answersInColor(),
    columns: process.stdout.columns ?? 80,
    reportFiles: options.reportFiles.map(shortPath),
  };
  const text =
    options.details || options.explain
      ? renderSummary(result, verdict, { ...screen, explained: options.explain })
      : renderOverview(result, verdict, {
          ...screen,
          detailsCommand: `chatbench report ${shortPath(dirname(options.resultFile))} --details`,
        });
  printAnswer(text);
}
