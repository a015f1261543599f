import { randomInt } from 'node:crypto';
import { access, constants, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { makeDirectory } from '../../result/make-directory.ts';

/** Where one run writes, and by which name it goes. */
export interface RunDirectory {
  /** <time>-<scenario>-<run id> */
  readonly id: string;
  /** Four characters [0-9a-z]; also marks the run's messages. */
  readonly runId: string;
  readonly path: string;
}

/**
 * Creates the directory of a run below `parent`, before anything is measured: an unwritable place must cost nobody a run.
 *
 * @throws ChatbenchError `output-unwritable`
 */
export async function createRunDirectory(parent: string, scenario: string, startedAt: Date): Promise<RunDirectory> {
  const { id, runId } = nameRun(scenario, startedAt);
  return { id, runId, path: await createWritable(parent, join(parent, id)) };
}

/** The directory of one trial of several, `trial-01` below `parent`. */
export async function createTrialDirectory(
  parent: string,
  scenario: string,
  startedAt: Date,
  trial: number,
): Promise<RunDirectory> {
  const { id, runId } = nameRun(scenario, startedAt);
  const name = `trial-${String(trial).padStart(2, '0')}`;
  return { id, runId, path: await createWritable(parent, join(parent, name)) };
}

/** Creates a directory and yields its path; `parent` is what the operator asked for. */
export async function createWritable(parent: string, directory: string): Promise<string> {
  const path = resolve(directory);
  try {
    await makeDirectory(path);
    await access(path, constants.W_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ChatbenchError(
      'output-unwritable',
      `--out ${parent}: expected a directory that can be written (${reason})`,
      {
        hint: 'choose another one with --out DIR',
        cause,
      },
    );
  }
  return path;
}

/** A name for a run, and the four characters that mark its messages. */
export function nameRun(scenario: string, startedAt: Date): Pick<RunDirectory, 'id' | 'runId'> {
  const runId = drawRunId();
  const time = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  return { id: `${time}-${scenario}-${runId}`, runId };
}

/** Four characters [0-9a-z]. */
export function drawRunId(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0');
}

/** Removes the directory of a run that never began, unless something is in it. */
export async function discardRunDirectory(directory: RunDirectory): Promise<void> {
  await rmdir(directory.path).catch(() => {});
}
