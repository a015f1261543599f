import { open, readFile, rename, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { prettifyError } from 'zod';
import { ChatbenchError } from '../errors.ts';
import { hideRemembered } from '../redact.ts';
import { makeDirectory } from './make-directory.ts';
import type { RunResult } from './run-result.ts';
import { runResult } from './run-result.ts';

export const RESULT_FILE = 'result.json';

/** Writes result.json into the directory, checked against its schema; readers see the whole file or none. */
export async function writeResult(directory: string, result: RunResult): Promise<string> {
  const path = join(directory, RESULT_FILE);
  await writeAtomically(path, `${JSON.stringify(runResult.parse(result))}\n`);
  return path;
}

/** @throws ChatbenchError `result-unreadable` where it is missing, truncated, or of another schema */
export async function readResult(directory: string): Promise<RunResult> {
  const path = basename(directory) === RESULT_FILE ? directory : join(directory, RESULT_FILE);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code ?? cause.message})`;
    throw new ChatbenchError('result-unreadable', `${path}: ${reason}`, {
      hint: 'give the directory of a run; `chatbench run burst` makes one, and links it as reports/latest',
      cause,
    });
  });
  const parsed = runResult.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  const firstLine = prettifyError(parsed.error).split('\n').slice(0, 2).join(' ').replace(/\s+/g, ' ');
  throw new ChatbenchError('result-unreadable', `${path}: not a chatbench.result/1 file: ${firstLine}`, {
    hint: 'it was written by another version, or changed since',
  });
}

/** Written beside, then renamed: a crash leaves the old file or the new one, never half of one. No remembered secret is in it. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  await makeDirectory(dirname(path));
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(hideRemembered(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    // Half a file would take the room that is missing, and nobody would ever look for it.
    await unlink(draft).catch(() => {});
    throw error;
  }
}

/** Points `latest` beside the run's directory at it; or another name, in a directory that holds the run. */
export async function linkLatest(directory: string, link = join(dirname(directory), 'latest')): Promise<void> {
  const draft = `${link}.${process.pid}.tmp`;
  await unlink(draft).catch(() => {});
  await symlink(relative(dirname(link), directory), draft);
  await rename(draft, link);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ChatbenchError('result-unreadable', `${path}: truncated or not JSON (${text.length} characters)`, {
      hint: 'the run that wrote it may have been killed; run it again',
      cause,
    });
  }
}
