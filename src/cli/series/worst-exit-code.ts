import { EXIT, type ExitCode } from '../../errors.ts';
import { mostOf } from '../../extremes.ts';

/** From the best: what of several outcomes the whole ends with. */
const ORDER: readonly ExitCode[] = [
  EXIT.pass,
  EXIT.thresholdFailed,
  EXIT.invalid,
  EXIT.targetUnavailable,
  EXIT.usage,
  EXIT.internal,
  EXIT.interrupted,
  EXIT.terminated,
];

/** The worst of several exit codes; without any, invalid: nothing was run. */
export function worstExitCode(exitCodes: readonly ExitCode[]): ExitCode {
  if (exitCodes.length === 0) return EXIT.invalid;
  return ORDER[mostOf(exitCodes.map((exitCode) => ORDER.indexOf(exitCode)))] ?? EXIT.internal;
}
