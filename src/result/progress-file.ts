import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataOf } from '../data-schema.ts';

/** In the directory of a run while it is under way; gone once it has ended. */
export const PROGRESS_FILE = 'live.json';

/** Older, it is what a run left that could not end properly. */
const FRESH_FOR_MS = 10_000;

const runPart = z.strictObject({
  kind: z.enum(['step', 'trial']),
  /** From 1. */
  number: z.number().int(),
  /** How many there will be; null where that is not known yet. */
  of: z.number().int().nullable(),
  /** What tells it from the others: "1,200/s", "topology=pubsub"; empty where nothing does. */
  label: z.string(),
});
/** One of several runs of a command. */
export type RunPart = DataOf<typeof runPart>;

const runProgress = z.strictObject({
  scenario: z.string(),
  /** Null in a command of one run. */
  part: runPart.nullable(),
  /** `start`: the target, before clients connect. */
  phase: z.enum(['start', 'connect', 'warm-up', 'measure', 'drain']),
  elapsedUs: z.number().int(),
  /** Warm-up plus measure, µs. */
  totalUs: z.number().int(),
  connected: z.number().int(),
  clients: z.number().int(),
  openedPerSecond: z.number(),
  sentPerSecond: z.number(),
  deliveredPerSecond: z.number(),
  /** Of all measured deliveries so far; null before the first. */
  p95Us: z.number().nullable(),
});
export type RunProgress = DataOf<typeof runProgress>;

/** Whole at every moment, but not forced to the disk: that would make a store that is being measured wait. */
export async function writeProgress(directory: string, progress: RunProgress): Promise<void> {
  const path = join(directory, PROGRESS_FILE);
  await writeFile(`${path}.tmp`, `${JSON.stringify(progress)}\n`);
  await rename(`${path}.tmp`, path);
}

/** Null where no run is under way in the directory, or none that tells of itself. */
export async function readProgress(directory: string): Promise<RunProgress | null> {
  const path = join(directory, PROGRESS_FILE);
  try {
    if (Date.now() - (await stat(path)).mtimeMs > FRESH_FOR_MS) return null;
    return runProgress.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
