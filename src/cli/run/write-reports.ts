import { join } from 'node:path';
import type { FormatName } from '../../report/format-names.ts';
import { FORMATS, type JudgedRun } from '../../report/formats.ts';
import { writeAtomically } from '../../result/result-file.ts';

/**
 * Writes a run into the directory, in each of the formats; yields the paths, in their order.
 *
 * @param others  runs to lay beside it, in the formats that can
 */
export async function writeReports(
  directory: string,
  run: JudgedRun,
  formats: readonly FormatName[],
  others: readonly JudgedRun[] = [],
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const name of formats) {
    const { file, render } = FORMATS[name];
    const path = join(directory, file);
    await writeAtomically(path, render(run, others));
    paths.push(path);
  }
  return paths;
}
