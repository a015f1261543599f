import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { fingerprintOf } from '../../gate/compare/fingerprint.ts';
import { traceTrend } from '../../gate/trace-trend.ts';
import { renderTrendPage } from '../../report/html/render-trend-page.ts';
import { buildHistory } from '../../report/json/build-history.ts';
import { renderTrend } from '../../report/terminal/render-trend.ts';
import { writeAtomically } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { answersInColor, printAnswer, printLine } from '../print.ts';
import { readHistory } from '../series/read-history.ts';

export interface HistoryOptions {
  readonly reports: string;
  readonly json: boolean;
  /** Where the page is written; null: none. */
  readonly html?: string;
}

/**
 * `chatbench history [scenario]`: the runs in reports that are of the same kind as the newest (of the scenario), over time. A
 * repeat is one of them, with the trials that count. What cannot be read is told on stderr and left out.
 *
 * @throws ChatbenchError `result-unreadable` where there is none
 */
export async function history(scenario: string | undefined, options: HistoryOptions): Promise<ExitCode> {
  const runs = (await readHistory(options.reports)).filter(
    ([first]) => scenario === undefined || first!.scenario.name === scenario,
  );
  const newest = runs
    .flat()
    .reduce<RunResult | null>(
      (latest, result) => (latest === null || result.startedAt > latest.startedAt ? result : latest),
      null,
    );
  if (newest === null) {
    const what = scenario === undefined ? 'runs' : `runs of ${JSON.stringify(scenario)}`;
    throw new ChatbenchError('result-unreadable', `${options.reports}: there are no ${what} in it`, {
      hint: '`chatbench run` writes there; give another directory with --reports DIR',
    });
  }
  const kind = JSON.stringify(fingerprintOf(newest));
  const alike = runs.filter((trials) => trials.every((trial) => JSON.stringify(fingerprintOf(trial)) === kind));
  const trend = traceTrend(alike);
  const title = `${newest.scenario.name} on ${newest.scenario.target.url ?? newest.target.kind}`;
  if (options.html !== undefined) await writeAtomically(options.html, renderTrendPage({ title, trend }));
  if (options.json) printLine(JSON.stringify(buildHistory(title, trend), null, 2));
  else {
    const color = answersInColor();
    const view = { trend, title, others: runs.length - alike.length, page: options.html ?? null };
    printAnswer(renderTrend(view, color));
  }
  return EXIT.pass;
}
