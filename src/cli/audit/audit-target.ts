import type { RunningTarget } from '../../launch/running-target.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Admission } from '../run/admit-target.ts';
import { openTarget } from '../run/open-target.ts';
import type { RunView } from '../run/run-view.ts';

/** The target that rows share: opened for the first, and anew where a row breaks its parts, or one before has lost it. */
export interface AuditTarget {
  /** Null where the signal aborts before it is up. */
  openFor(scenario: Scenario, admission: Admission): Promise<RunningTarget | null>;
  /** What follows needs another one. */
  close(): Promise<void>;
}

export function shareTarget(view: RunView, signal: AbortSignal): AuditTarget {
  let open: { readonly target: RunningTarget; readonly isForBreaking: boolean } | null = null;
  const close = async () => {
    const closing = open;
    open = null;
    await closing?.target.stop();
  };
  return {
    async openFor(scenario, admission) {
      const isForBreaking = scenario.faults.some(({ on }) => on !== 'clients');
      if (open !== null && open.isForBreaking === isForBreaking) return open.target;
      await close();
      const target = await openTarget(scenario, view, signal, admission);
      open = target === null ? null : { target, isForBreaking };
      return target;
    },
    close,
  };
}
