import { EXIT, type ExitCode } from './errors.ts';

/** What ends a command before its time: a signal, or the operator at the keys of the live view. */
export const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'hand'] as const;
export type Interruption = (typeof INTERRUPTIONS)[number];

/** Signals are told by their name. SIGHUP says that the terminal has gone: nobody is there to read how the command ended. */
const EXIT_OF: Readonly<Record<Interruption, ExitCode>> = {
  SIGINT: EXIT.interrupted,
  hand: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.terminated,
};

export function exitCodeOfInterruption(by: Interruption): ExitCode {
  return EXIT_OF[by];
}

/** "interrupted by SIGTERM", "stopped by hand" */
export function describeInterruption(by: Interruption): string {
  return by === 'hand' ? 'stopped by hand' : `interrupted by ${by}`;
}
