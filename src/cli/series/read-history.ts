import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { REPEAT_FILE, readRepeatIndex } from '../../result/repeat-index.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { printNote } from '../print.ts';

/** So deep the trials of a side of `ab` lie: reports/AB/SIDE/TRIAL. */
const DEPTH = 3;

/**
 * All runs below a directory, each by its trials: those that count of a repeat, one of a single run. Each once, also where a
 * baseline holds a copy. What cannot be read is told on stderr and left out.
 */
export async function readHistory(reports: string): Promise<readonly (readonly RunResult[])[]> {
  const repeats = new Map<string, readonly RunResult[]>();
  const singles = new Map<string, RunResult>();
  const known = new Set<string>();
  for (const directory of listDirectories(reports, DEPTH)) {
    if (existsSync(join(directory, REPEAT_FILE))) {
      const index = await tolerate(readRepeatIndex(directory));
      if (index === null) continue;
      for (const { id } of [...index.trials, ...index.setAside]) known.add(id);
      const trials = await Promise.all(
        index.trials.map((trial) => tolerate(readResult(join(directory, trial.directory)))),
      );
      const read = trials.filter((trial) => trial !== null);
      if (read.length > 0) repeats.set(index.trials.map(({ id }) => id).join(' '), read);
    } else if (existsSync(join(directory, RESULT_FILE))) {
      const result = await tolerate(readResult(directory));
      if (result !== null) singles.set(result.id, result);
    }
  }
  const alone = [...singles.values()].filter(({ id }) => !known.has(id));
  return [...repeats.values(), ...alone.map((result) => [result])];
}

/** Links such as `latest` are not followed; what lies in a repeat is its index's to tell. */
function listDirectories(directory: string, depth: number): readonly string[] {
  if (!existsSync(directory)) return [];
  if (depth === 0 || existsSync(join(directory, REPEAT_FILE))) return [directory];
  const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...below.flatMap(({ name }) => listDirectories(join(directory, name), depth - 1))];
}

async function tolerate<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof ChatbenchError)) throw error;
    printNote(`left out: ${error.message}`);
    return null;
  });
}
