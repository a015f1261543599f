import type { Scenario } from '../scenario/scenario.ts';
import type { ClientFault } from './run-plan.ts';

/** The scenario's faults that happen to clients, which the generator brings about itself. In order of time. */
export function listClientFaults({ faults, phases }: Scenario): readonly ClientFault[] {
  return faults.flatMap(({ on, action, atUs, forUs, share }) =>
    on === 'clients' && (action === 'disconnect' || action === 'stall')
      ? [{ action, atUs: phases.warmupUs + atUs, forUs: forUs ?? 0, share: share ?? 1 }]
      : [],
  );
}
