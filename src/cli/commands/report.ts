import type { ExitCode } from '../../errors.ts';

/** `chatbench report <directory>`: renders a run's report again, from its result.json. */
export async function report(_directory: string): Promise<ExitCode> {
  throw new Error('not wired');
}
