import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/**
 * Fetches packages of Debian and unpacks them into a folder, without installing them: nothing is configured or started, and what
 * they depend on is not followed. Rejects where a package is not to be had.
 */
export async function unpackPackages(packages: readonly string[], folder: string): Promise<void> {
  const archives = join(folder, 'archives');
  mkdirSync(archives, { recursive: true });
  // As root throughout: the account that apt would fetch as cannot write here.
  const fetch = () =>
    runProgram('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...packages], { cwd: archives });
  await fetch().catch(async () => {
    // On a machine that is new, apt does not know any package yet.
    await runProgram('apt-get', ['update']);
    await fetch();
  });
  await Promise.all(readdirSync(archives).map((name) => runProgram('dpkg', ['-x', join(archives, name), folder])));
  rmSync(archives, { recursive: true });
}
