import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { didYouMean } from '../../nearest.ts';
import { REPEAT_FILE, type RepeatIndex, readRepeatIndex } from '../../result/repeat-index.ts';
import { RESULT_FILE, readResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { UNFINISHED } from './replace-directory.ts';

/** Runs that somebody wants to compare or keep. */
export interface StoredRuns {
  /** As it was asked for. */
  readonly label: string;
  readonly directory: string;
  /** At least one. */
  readonly results: readonly RunResult[];
  /** Where each result lies, in the same order. */
  readonly directories: readonly string[];
  /** The command that made them. */
  readonly command: readonly string[];
}

const BASELINES = 'baselines';

/** Where the baseline of a name is kept. */
export function baselineDirectory(reports: string, name: string): string {
  return join(reports, BASELINES, name);
}

/** Names of all baselines, sorted. What a save that was killed has left is none. */
export function listBaselineNames(reports: string): readonly string[] {
  const directory = join(reports, BASELINES);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith(UNFINISHED))
    .map(({ name }) => name)
    .sort();
}

/**
 * The runs behind a directory of trials, a directory of runs, a single run, or the name of a baseline, in this order.
 *
 * @throws ChatbenchError `result-unreadable` where there is none, or one of them cannot be read
 */
export async function readRuns(pathOrName: string, reports: string): Promise<StoredRuns> {
  const directory = findDirectory(pathOrName, reports);
  const { index, directories } = await locateRuns(directory);
  if (directories.length === 0) {
    throw new ChatbenchError('result-unreadable', `${pathOrName}: there is no run in it, expected ${RESULT_FILE}`, {
      hint: 'give the directory of a run or of a repeat, or the name of a baseline',
    });
  }
  const results: RunResult[] = [];
  for (const path of directories) results.push(await readResult(path));
  return { label: pathOrName, directory, results, directories, command: index?.command ?? results[0]!.command };
}

/**
 * Where the runs of a directory lie: of a repeat the trials that count, of a run the directory itself, else those in it that are
 * runs, which may be none.
 *
 * @throws ChatbenchError `result-unreadable` where the index of a repeat cannot be read
 */
export async function locateRuns(
  directory: string,
): Promise<{ readonly index: RepeatIndex | null; readonly directories: readonly string[] }> {
  const index = await readRepeatIndex(directory);
  if (index === null) return { index, directories: existsSync(directory) ? listRunDirectories(directory) : [] };
  return { index, directories: index.trials.map((trial) => join(directory, trial.directory)) };
}

/** The directory behind a path to it or to one of the files that it is known by. */
export function directoryOf(path: string): string {
  return [RESULT_FILE, REPEAT_FILE].includes(basename(path)) ? dirname(path) : path;
}

function findDirectory(pathOrName: string, reports: string): string {
  const directory = directoryOf(pathOrName);
  if (directory !== pathOrName || existsSync(directory)) return directory;
  const baseline = baselineDirectory(reports, pathOrName);
  if (/^[A-Za-z0-9._-]+$/.test(pathOrName) && existsSync(baseline)) return baseline;
  const known = listBaselineNames(reports);
  throw new ChatbenchError(
    'result-unreadable',
    `${pathOrName}: no such directory, and no baseline of that name${didYouMean(pathOrName, known)}`,
    { hint: '`chatbench baseline list` shows the baselines; `run --repeat 5 --out DIR` makes a directory of trials' },
  );
}

/** The directory itself where it is a run's, else those in it that are. */
function listRunDirectories(directory: string): readonly string[] {
  if (existsSync(join(directory, RESULT_FILE))) return [directory];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, RESULT_FILE)))
    .map(({ name }) => join(directory, name))
    .sort();
}
