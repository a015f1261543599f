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

/**
 * The worst of several exit codes; without any, invalid: nothing was run. One that a threshold has of its own is as bad as any other
 * missed threshold, and says more.
 */
export function worstExitCode(exitCodes: readonly ExitCode[]): ExitCode {
  if (exitCodes.length === 0) return EXIT.invalid;
  const worst = ORDER[mostOf(exitCodes.map(rankOf))] ?? EXIT.internal;
  return (
    (worst === EXIT.thresholdFailed ? exitCodes.find((exitCode) => !ORDER.includes(exitCode)) : undefined) ?? worst
  );
}

function rankOf(exitCode: ExitCode): number {
  return ORDER.indexOf(ORDER.includes(exitCode) ? exitCode : EXIT.thresholdFailed);
}
