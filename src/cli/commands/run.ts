import type { ExitCode } from '../../errors.ts';
import { resolveScenario } from '../resolve-scenario.ts';
import type { RunOptions } from '../run-options.ts';

/** `chatbench run <scenario>`: yields the exit code of the verdict. */
export async function run(nameOrPath: string, options: RunOptions): Promise<ExitCode> {
  resolveScenario(nameOrPath, options);
  throw new Error('not wired');
}
