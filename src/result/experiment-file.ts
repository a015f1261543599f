import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { prettifyError } from 'zod';
import { ChatbenchError } from '../errors.ts';
import { type ExperimentResult, experimentResult } from './experiment-result.ts';
import { writeAtomically } from './result-file.ts';

export const EXPERIMENT_FILE = 'experiment.json';

/** Writes experiment.json into the directory, checked against its schema. Yields its path. */
export async function writeExperiment(directory: string, experiment: ExperimentResult): Promise<string> {
  const path = join(directory, EXPERIMENT_FILE);
  await writeAtomically(path, `${JSON.stringify(experimentResult.parse(experiment), null, 2)}\n`);
  return path;
}

/** The directory of an experiment behind a path to it or to its file; null where there is none. */
export function findExperiment(path: string): string | null {
  const directory = basename(path) === EXPERIMENT_FILE ? dirname(path) : path;
  return existsSync(join(directory, EXPERIMENT_FILE)) ? directory : null;
}

/** @throws ChatbenchError `result-unreadable` where it is missing, truncated, or of another schema */
export async function readExperiment(directory: string): Promise<ExperimentResult> {
  const path = basename(directory) === EXPERIMENT_FILE ? directory : join(directory, EXPERIMENT_FILE);
  try {
    const parsed = experimentResult.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(prettifyError(parsed.error).split('\n').slice(0, 2).join(' '));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChatbenchError('result-unreadable', `${path}: not a chatbench.experiment/1 file: ${reason}`, {
      hint: 'give the directory of an experiment, such as reports/latest',
      cause,
    });
  }
}
