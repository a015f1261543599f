import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataOf } from '../data-schema.ts';
import { ChatbenchError } from '../errors.ts';
import { writeAtomically } from './result-file.ts';

export const REPEAT_FILE = 'repeat.json';

const trial = z.strictObject({
  /** Beside the index; holds result.json. */
  directory: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  id: z.string(),
  verdict: z.enum(['pass', 'fail', 'invalid']),
  exitCode: z.number().int(),
  /** Share of the CPU time that the hypervisor took while it measured, 0–1; null where the machine cannot tell. */
  stealRatio: z.number().nullable().default(null),
});

const spread = z.strictObject({ median: z.number(), least: z.number(), most: z.number() });

/** The trials of one `--repeat`, each a run of its own in a directory beside this index. */
export const repeatIndex = z.strictObject({
  schema: z.literal('chatbench.repeat/1'),
  scenario: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  /** What was asked for; fewer are listed where it was interrupted. */
  planned: z.number().int().positive(),
  /** The worst of the trials. */
  exitCode: z.number().int(),
  /** Those that count. */
  trials: z.array(trial),
  /** Most that the hypervisor was to take of a trial, 0–1. */
  maxStealRatio: z.number().default(1),
  /** How many of the trials had more taken, because too few had less. */
  overBudget: z.number().int().default(0),
  /** Measured as well and kept, but not counted: invalid, or disturbed by the hypervisor. */
  setAside: z.array(trial.extend({ reason: z.string() })).default([]),
  /** Over the trials: latencies in ms, rates per second, counts. A figure that a trial has no data for is left out. */
  figures: z.record(z.string(), spread),
});
export type RepeatIndex = DataOf<typeof repeatIndex>;

/** Writes repeat.json into the directory; readers see the whole file or none. */
export async function writeRepeatIndex(directory: string, index: RepeatIndex): Promise<string> {
  const path = join(directory, REPEAT_FILE);
  await writeAtomically(path, `${JSON.stringify(repeatIndex.parse(index), null, 2)}\n`);
  return path;
}

/**
 * Null where there is none.
 *
 * @throws ChatbenchError `result-unreadable` where it is truncated or of another schema
 */
export async function readRepeatIndex(directory: string): Promise<RepeatIndex | null> {
  const path = join(directory, REPEAT_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new ChatbenchError('result-unreadable', `${path}: cannot be read (${error.code})`, { cause: error });
  });
  if (text === null) return null;
  try {
    return repeatIndex.parse(JSON.parse(text));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'truncated or not JSON' : 'not a chatbench.repeat/1 file';
    throw new ChatbenchError('result-unreadable', `${path}: ${what} (${text.length} characters)`, {
      hint: 'the repeat that wrote it may have been killed; run it again',
      cause,
    });
  }
}
