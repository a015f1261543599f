import { EXIT, type ExitCode } from '../errors.ts';

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  pass: 'pass: every threshold holds, no regression',
  internal: 'internal error, a bug in chatbench',
  usage: 'wrong usage, a scenario with mistakes, runs that cannot be read or compared; nothing was run',
  targetUnavailable: 'the target could not be started or reached, or died',
  thresholdFailed: 'a threshold does not hold, or a regression was found',
  invalid: 'the run is invalid: no data, a generator that cannot be trusted; or a comparison is inconclusive',
  interrupted: 'interrupted (SIGINT), after writing a partial result',
  terminated: 'terminated (SIGTERM), after writing a partial result',
};

/** The exit codes with their meanings, in order. */
export function listExitCodes(): readonly { readonly exitCode: ExitCode; readonly meaning: string }[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.map((name) => ({ exitCode: EXIT[name], meaning: MEANINGS[name] }));
}
