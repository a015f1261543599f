import type { ServiceAccount } from '../machine/service-account.ts';
import type { TargetFailure } from '../running-target.ts';
import type { InstanceDirectory } from '../supervision/instance-directory.ts';
import type { ProcessSpec, SupervisedProcess } from '../supervision/supervised-process.ts';
import { describeFailure, type ProcessTier, type Supervision } from '../supervision/supervision.ts';

const ATTEMPTS = 4;

/** What every component needs to start. */
export interface LaunchContext {
  readonly directory: InstanceDirectory;
  readonly supervision: Supervision;
  readonly account: ServiceAccount | null;
  /** Aborted when the launch is given up: another component failed, or time is up. */
  readonly signal: AbortSignal;
}

/** A component did not come up. */
export class StartFailure extends Error {
  readonly failure: TargetFailure;

  constructor(failure: TargetFailure) {
    super(`${failure.component} ${failure.reason}`);
    this.failure = failure;
  }
}

/**
 * Starts one process and waits until it is ready. Its end before that is a `StartFailure` with the tail of its log.
 *
 * @param ready settles when the process serves; its signal is aborted when the process has ended
 * @param again what to start in its place, should it be killed on purpose; by default the same
 */
export async function startUntilReady<T>(
  context: LaunchContext,
  tier: ProcessTier,
  spec: ProcessSpec,
  ready: (process: SupervisedProcess, signal: AbortSignal) => Promise<T>,
  again: (readiness: T) => ProcessSpec = () => spec,
): Promise<T> {
  const child = await context.supervision.start(tier, spec);
  const abort = new AbortController();
  const signal = AbortSignal.any([context.signal, abort.signal]);
  const ended = child.ended.then((reason): never => {
    throw new StartFailure(describeFailure(child, `${reason} while it was starting`));
  });
  try {
    const readiness = await Promise.race([ready(child, signal), ended]);
    context.supervision.guard(child, async () => {
      await startUntilReady(context, tier, again(readiness), ready);
    });
    return readiness;
  } catch (error) {
    await context.supervision.discard(child);
    throw isTimeout(context.signal) ? new StartFailure(describeFailure(child, 'was not ready in time')) : error;
  } finally {
    abort.abort();
  }
}

function isTimeout(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/** Runs a process that does its work and ends. Any end but code 0 is a `StartFailure`. */
export async function runToEnd(context: LaunchContext, spec: ProcessSpec): Promise<void> {
  const child = await context.supervision.start('broker', spec);
  const reason = await child.ended;
  if (reason === 'exited with code 0') return;
  throw new StartFailure(describeFailure(child, isTimeout(context.signal) ? 'was not ready in time' : reason));
}

/**
 * Tries a component again where it failed because somebody else took its port between the look and the bind.
 *
 * @param attempt starts it on ports of its own choice; the number of the attempt is 1, 2, …
 */
export async function retryOnTakenPort<T>(attempt: (number: number) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (number === ATTEMPTS || !(error instanceof StartFailure) || !isTakenPort(error.failure)) throw error;
    }
  }
}

/** Whether the log says that an address was in use, in the words of any of the brokers. */
export function isTakenPort(failure: TargetFailure): boolean {
  return failure.logTail.some((line) =>
    /address (?:already )?in use|eaddrinuse|could not bind|port_already_used/i.test(line),
  );
}
