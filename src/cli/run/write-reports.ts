import { join } from 'node:path';
import type { FormatName } from '../../report/format-names.ts';
import { FORMATS, type JudgedRun } from '../../report/formats.ts';
import { writeAtomically } from '../../result/result-file.ts';
import { printNote } from '../print.ts';

/** Where `writeReports` puts them, in the order of the formats. */
export function listReportFiles(directory: string, formats: readonly FormatName[]): readonly string[] {
  return formats.map((name) => join(directory, FORMATS[name].file));
}

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
  const paths = listReportFiles(directory, formats);
  for (const [index, name] of formats.entries())
    await writeAtomically(paths[index]!, await FORMATS[name].render(run, others));
  return paths;
}

/** Writes a run that is told already: what cannot be written is a warning, and keeps none of the others from being written. */
export async function writeReportsAfterwards(
  directory: string,
  run: JudgedRun,
  formats: readonly FormatName[],
): Promise<void> {
  for (const name of formats) await warnOfFailure(FORMATS[name].file, () => writeReports(directory, run, [name]));
}

/** Does what the end of a command does beside its answer: where that fails, a warning tells of it. */
export async function warnOfFailure(what: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    printNote(`warning: ${what} could not be written (${code ?? message})`);
  }
}
