/** What ends a command before its time: a signal, or the operator at the keys of the live view. */
export const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'hand'] as const;
export type Interruption = (typeof INTERRUPTIONS)[number];

/** "interrupted by SIGTERM", "stopped by hand" */
export function describeInterruption(by: Interruption): string {
  return by === 'hand' ? 'stopped by hand' : `interrupted by ${by}`;
}
