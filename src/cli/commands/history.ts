import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import { fingerprintOf } from '../../gate/compare/fingerprint.ts';
import { traceTrend } from '../../gate/trace-trend.ts';
import { renderTrendPage } from '../../report/html/render-trend-page.ts';
import { buildHistory } from '../../report/json/build-history.ts';
import { renderTrend } from '../../report/terminal/render-trend.ts';
import { RESULT_FILE, readResult, writeAtomically } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { printLine, printNote } from '../print.ts';

export interface HistoryOptions {
  readonly reports: string;
  readonly json: boolean;
  /** Where the page is written; null: none. */
  readonly html?: string;
}

/**
 * `chatbench history [scenario]`: the runs in reports that are of the same kind as the newest (of the scenario), over time. Runs that
 * cannot be read are told on stderr and left out.
 *
 * @throws ChatbenchError `result-unreadable` where there is none
 */
export async function history(scenario: string | undefined, options: HistoryOptions): Promise<ExitCode> {
  const results = (await readAll(options.reports)).filter(
    (result) => scenario === undefined || result.scenario.name === scenario,
  );
  const newest = results.reduce<RunResult | null>(
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
  const alike = results.filter((result) => JSON.stringify(fingerprintOf(result)) === kind);
  const trend = traceTrend(alike);
  const title = `${newest.scenario.name} on ${newest.scenario.target.url ?? newest.target.kind}`;
  if (options.html !== undefined) await writeAtomically(options.html, renderTrendPage({ title, trend }));
  if (options.json) printLine(JSON.stringify(buildHistory(title, trend), null, 2));
  else {
    const color = process.stdout.isTTY === true && process.stdout.hasColors();
    const view = { trend, title, others: results.length - alike.length, page: options.html ?? null };
    process.stdout.write(renderTrend(view, color));
  }
  return EXIT.pass;
}

/** Runs, and the trials of repeats; each once, also where a baseline holds a copy. */
async function readAll(reports: string): Promise<readonly RunResult[]> {
  const byId = new Map<string, RunResult>();
  for (const directory of listRunDirectories(reports, 3)) {
    const result = await readResult(directory).catch((error: unknown) => {
      if (!(error instanceof ChatbenchError)) throw error;
      printNote(`left out: ${error.message}`);
      return null;
    });
    if (result !== null) byId.set(result.id, result);
  }
  return [...byId.values()];
}

/** Links such as `latest` are not followed. */
function listRunDirectories(directory: string, depth: number): readonly string[] {
  if (!existsSync(directory)) return [];
  const below =
    depth === 0
      ? []
      : readdirSync(directory, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .flatMap(({ name }) => listRunDirectories(join(directory, name), depth - 1));
  return existsSync(join(directory, RESULT_FILE)) ? [directory, ...below] : below;
}
