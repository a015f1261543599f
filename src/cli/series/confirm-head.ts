import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChatbenchError } from '../../errors.ts';
import { HIDDEN } from '../../redact.ts';
import { createWritable, nameRun } from '../run/run-directory.ts';
import { readRuns, type StoredRuns } from './read-runs.ts';

/**
 * Runs head's command again, into a directory of its own below `reports`, and yields those runs.
 *
 * @throws ChatbenchError `usage` where it was no `run`, or where a secret was taken out of it; `target-unavailable` where it
 *   could not be run
 */
export async function measureAgain(head: StoredRuns, reports: string): Promise<StoredRuns> {
  const [, command, ...args] = head.command;
  if (command !== 'run') {
    throw new ChatbenchError('usage', `--confirm: expected runs of \`chatbench run\`, got \`chatbench ${command}\``, {
      hint: '`chatbench ab` measures both sides again by itself: chatbench ab … --confirm',
    });
  }
  const hidden = args.find((arg) => arg.includes(HIDDEN));
  if (hidden !== undefined) {
    throw new ChatbenchError('usage', `--confirm: head's command had a secret, which results do not keep: ${hidden}`, {
      hint: 'measure both sides in one session: chatbench ab … --confirm',
    });
  }
  const directory = await createWritable(reports, join(reports, nameRun('confirm', new Date()).id));
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const main = fileURLToPath(new URL(`../main${extension}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [main, 'run', ...withoutOutput(args), '--quiet', '--no-report', '--out', directory],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  // A threshold that does not hold (4) or an invalid run (5) is for the comparison to judge.
  if (exitCode !== 0 && exitCode !== 4 && exitCode !== 5) {
    throw new ChatbenchError('target-unavailable', `--confirm: head's command ended with ${exitCode}`, {
      hint: `it was: ${head.command.join(' ')}`,
    });
  }
  return { ...(await readRuns(directory, reports)), label: `${head.label}, again` };
}

/** The flags that do not change what is measured, left out. */
function withoutOutput(args: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === '--out') index++;
    else if (!/^--(out=|json$|quiet$|no-report$|no-tui$)/.test(arg)) kept.push(arg);
  }
  return kept;
}
