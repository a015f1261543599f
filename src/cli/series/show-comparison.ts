import type { Comparison } from '../../gate/compare/comparison.ts';
import { buildComparison } from '../../report/json/build-comparison.ts';
import { renderComparison } from '../../report/terminal/render-comparison.ts';
import { writeAtomically } from '../../result/result-file.ts';
import { answersInColor, printAnswer, printLine } from '../print.ts';

/** A comparison on stdout: one JSON object, or a table. */
export function showComparison(comparison: Comparison, { json }: { readonly json: boolean }): void {
  if (json) printLine(JSON.stringify(buildComparison(comparison), null, 2));
  else printAnswer(renderComparison(comparison, answersInColor()));
}

/** Writes the object that `--json` prints; readers see the whole file or none. */
export async function writeComparison(file: string, comparison: Comparison): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(buildComparison(comparison), null, 2)}\n`);
}
