import { join } from 'node:path';
import { ChatbenchError } from '../../errors.ts';
import { RESULT_FILE, writeResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';

export interface KeptResult {
  readonly resultFile: string;
  /** Why it could not be written, to be told once the verdict is; null where it was. */
  readonly unwritten: ChatbenchError | null;
}

/** Writes a result into the directory. A full disk, or a directory that has gone, takes the file and not the verdict. */
export async function keepResult(directory: string, result: RunResult): Promise<KeptResult> {
  try {
    return { resultFile: await writeResult(directory, result), unwritten: null };
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    const unwritten = new ChatbenchError(
      'output-unwritable',
      `${directory}: the result cannot be written there (${code})`,
      { hint: 'make room, or choose another directory with --out DIR, and measure again', cause },
    );
    return { resultFile: join(directory, RESULT_FILE), unwritten };
  }
}
