import { monotonicClock } from '../../clock.ts';
import { type FaultActions, type FaultEvent, type FaultInjection, injectFaults } from '../../faults/inject-faults.ts';
import { type ProxiedEndpoints, proxyEndpoints } from '../../faults/proxied-endpoints.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { TargetFaults } from '../../target-faults.ts';

export interface PreparedFaults {
  /** Where clients are to connect: through proxies, where a fault delays a gateway's network. */
  readonly endpoints: readonly string[];
  /** Faults count from the start of measure after this start of the run. */
  begin(runStartUs: number, onEvent: (event: FaultEvent) => void): void;
  /** Nothing begins any more; settles when what lasted is ended and the proxies are closed. */
  end(): Promise<void>;
}

/** Whatever the scenario's faults need before clients connect. */
export async function prepareFaults(scenario: Scenario, target: RunningTarget): Promise<PreparedFaults> {
  const isDelayed = scenario.faults.some(({ action }) => action === 'delay');
  const proxies = isDelayed ? await proxyEndpoints(target.endpoints) : null;
  const actions = listActions(target, proxies);
  let injection: FaultInjection | null = null;
  return {
    endpoints: proxies?.endpoints ?? target.endpoints,
    begin(runStartUs, onEvent) {
      const times = { clock: monotonicClock, runStartUs, measureStartUs: runStartUs + scenario.phases.warmupUs };
      injection = injectFaults(scenario.faults, actions, times, onEvent);
    },
    async end() {
      await injection?.stop();
      proxies?.close();
    },
  };
}

function listActions({ faults, description }: RunningTarget, proxies: ProxiedEndpoints | null): FaultActions {
  const through = (action: keyof TargetFaults) => async (component: string) => {
    if (faults === null) throw new Error(`a target of kind ${description.kind} cannot be broken from here`);
    await faults[action](component);
  };
  return {
    kill: through('kill'),
    restart: through('restart'),
    pause: through('pause'),
    resume: through('resume'),
    disconnect: through('disconnect'),
    async delay(component, delayUs) {
      const number = Number(/^gateway-(\d+)$/.exec(component)?.[1] ?? Number.NaN);
      if (proxies === null || !(number <= proxies.endpoints.length)) {
        throw new Error(`only the network of gateways can be delayed, and without nginx before them, got ${component}`);
      }
      proxies.setDelay(number - 1, delayUs);
    },
  };
}
