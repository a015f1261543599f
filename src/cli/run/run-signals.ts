import type { ExitCode } from '../../errors.ts';
import { exitCodeOfInterruption } from '../../gate/exit-code-of-interruption.ts';
import type { Interruption } from '../../interruption.ts';

/** What ends a run before its time: the first asks for a graceful end with a partial result, a second one ends at once. */
export interface RunSignals {
  /** Aborts at the first. */
  readonly signal: AbortSignal;
  readonly interruptedBy: () => Interruption | null;
  /** The key that stops does what Ctrl-C does in a terminal that reads no keys. */
  stopByHand(): void;
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function listenForSignals(): RunSignals {
  const controller = new AbortController();
  let received: Interruption | null = null;
  const handle = (by: Interruption) => {
    if (received !== null) process.exit(exitCodeOfInterruption(by));
    received = by;
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, handle);
  return {
    signal: controller.signal,
    interruptedBy: () => received,
    stopByHand: () => handle('hand'),
    release() {
      for (const name of SIGNALS) process.off(name, handle);
    },
  };
}

/** An interrupted command ends with the exit code of what interrupted it. */
export function exitCodeOf(signals: Pick<RunSignals, 'interruptedBy'>, otherwise: ExitCode): ExitCode {
  const by = signals.interruptedBy();
  return by === null ? otherwise : exitCodeOfInterruption(by);
}
