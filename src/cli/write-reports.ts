import { join } from 'node:path';
import type { Verdict } from '../gate/verdict.ts';
import { renderHtml } from '../report/html/render-html.ts';
import { writeAtomically } from '../result/result-file.ts';
import type { RunResult } from '../result/run-result.ts';

/** Writes report.html into the directory; yields its path. */
export async function writeReports(directory: string, result: RunResult, verdict: Verdict): Promise<string> {
  const path = join(directory, 'report.html');
  await writeAtomically(path, renderHtml(result, verdict));
  return path;
}
