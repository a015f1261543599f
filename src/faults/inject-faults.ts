import type { Clock } from '../clock.ts';
import { describeFault, type Fault } from '../scenario/fault.ts';

/** What a fault does to a target; each action settles when it is done, and rejects with why it could not be. */
export interface FaultActions {
  kill(component: string): Promise<void>;
  restart(component: string): Promise<void>;
  pause(component: string): Promise<void>;
  resume(component: string): Promise<void>;
  disconnect(component: string): Promise<void>;
  /** 0 takes the delay away. */
  delay(component: string, delayUs: number): Promise<void>;
}

export interface FaultEvent {
  readonly atUs: number;
  /** `fault`: it begins. `fault-end`: it is over. `fault-failed`: it could not be brought about. */
  readonly kind: 'fault' | 'fault-end' | 'fault-failed';
  readonly text: string;
  /** Which of the faults, from 0. */
  readonly fault: number;
}

export interface FaultInjection {
  /** So far, in order of time. */
  readonly events: readonly FaultEvent[];
  /** Nothing begins any more; what lasts is ended. Settles when the target is whole again, as far as that is in our hands. */
  stop(): Promise<void>;
}

/**
 * Brings about each fault at its time, and ends those that last. Those of clients are part of the plan, so that the generator
 * brings them about; here they are only told, once for all of its processes.
 *
 * @param measureStartUs  start of measure on the clock; faults count from there
 * @param runStartUs      start of the run on the clock; events count from there
 */
export function injectFaults(
  faults: readonly Fault[],
  actions: FaultActions,
  times: { readonly clock: Clock; readonly runStartUs: number; readonly measureStartUs: number },
  onEvent: (event: FaultEvent) => void = () => {},
): FaultInjection {
  const { clock, runStartUs, measureStartUs } = times;
  const events: FaultEvent[] = [];
  const pending = new Set<Promise<void>>();
  const cancels: (() => void)[] = [];
  /** Ends of what has begun and lasts. */
  const ends = new Map<Fault, () => Promise<void>>();
  const tell = (fault: Fault, kind: FaultEvent['kind'], text: string) => {
    const event = { atUs: Math.max(0, clock.nowUs() - runStartUs), kind, text, fault: faults.indexOf(fault) };
    events.push(event);
    onEvent(event);
  };
  const follow = (fault: Fault, action: Promise<void>, text: string, done: string | null) => {
    const settled = action.then(
      () => done !== null && tell(fault, 'fault-end', done),
      (error: unknown) => tell(fault, 'fault-failed', `${text}: ${error instanceof Error ? error.message : error}`),
    );
    const tracked = settled.then(() => void pending.delete(tracked));
    pending.add(tracked);
  };
  const end = (fault: Fault) => {
    const undo = ends.get(fault);
    ends.delete(fault);
    if (undo !== undefined) follow(fault, undo(), `end of ${fault.action} ${fault.on}`, `${fault.on} is as before`);
  };
  const begin = (fault: Fault) => {
    const text = describeFault(fault);
    tell(fault, 'fault', text);
    if (fault.on === 'clients') {
      cancels.push(clock.after(fault.forUs ?? 0, () => tell(fault, 'fault-end', describeEnd(fault))));
      return;
    }
    const undo = undoOf(fault, actions);
    if (undo === null) {
      follow(fault, start(fault, actions), text, fault.action === 'restart' ? `${fault.on} is back` : null);
      return;
    }
    ends.set(fault, undo);
    follow(fault, start(fault, actions), text, null);
    cancels.push(clock.after(fault.forUs ?? 0, () => end(fault)));
  };

  for (const fault of faults) {
    cancels.push(clock.after(Math.max(0, measureStartUs + fault.atUs - clock.nowUs()), () => begin(fault)));
  }
  return {
    events,
    async stop() {
      for (const cancel of cancels) cancel();
      for (const fault of [...ends.keys()]) end(fault);
      await Promise.all(pending);
    },
  };
}

function describeEnd({ action, on }: Fault): string {
  return action === 'stall' ? `${on} read on` : `${on} come back`;
}

function start({ action, on, delayUs }: Fault, actions: FaultActions): Promise<void> {
  switch (action) {
    case 'delay':
      return actions.delay(on, delayUs ?? 0);
    case 'stall':
      return Promise.reject(new Error('only clients stall'));
    default:
      return actions[action](on);
  }
}

/** How a fault that lasts ends; null for one that is over at once. */
function undoOf({ action, on }: Fault, actions: FaultActions): (() => Promise<void>) | null {
  if (action === 'pause') return () => actions.resume(on);
  return action === 'delay' ? () => actions.delay(on, 0) : null;
}
