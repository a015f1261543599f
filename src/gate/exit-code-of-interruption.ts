import { EXIT, type ExitCode } from '../errors.ts';
import type { Interruption } from '../interruption.ts';

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
