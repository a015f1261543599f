import type { ExitCode } from '../../errors.ts';

export interface DoctorOptions {
  readonly json: boolean;
}

/** `chatbench doctor`: versions, limits, and which targets can run here. */
export async function doctor(_options: DoctorOptions): Promise<ExitCode> {
  throw new Error('not wired');
}
