import { EXIT, type ExitCode } from '../../errors.ts';

/** Signals during a run: the first asks for a graceful end with a partial result, a second one ends at once. */
export interface RunSignals {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  readonly interruptedBy: () => 'SIGINT' | 'SIGTERM' | null;
  release(): void;
}

export function listenForSignals(): RunSignals {
  const controller = new AbortController();
  let received: 'SIGINT' | 'SIGTERM' | null = null;
  const handle = (name: 'SIGINT' | 'SIGTERM') => {
    if (received !== null) process.exit(name === 'SIGINT' ? 130 : 143);
    received = name;
    controller.abort();
  };
  const onInterrupt = () => handle('SIGINT');
  const onTerminate = () => handle('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    interruptedBy: () => received,
    release() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

/** An interrupted command ends with its signal's exit code. */
export function exitCodeOf(signals: Pick<RunSignals, 'interruptedBy'>, otherwise: ExitCode): ExitCode {
  const name = signals.interruptedBy();
  if (name === null) return otherwise;
  return name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/** The key that stops does what Ctrl-C does in a terminal that reads no keys. */
export function interruptSelf(): void {
  process.kill(process.pid, 'SIGINT');
}
