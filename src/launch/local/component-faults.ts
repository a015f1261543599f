import { setTimeout as sleep } from 'node:timers/promises';
import { type BreakableBrokers, breakConnections } from '../../cluster/adapters/break-connections.ts';
import type { TargetFaults } from '../../target-faults.ts';
import { listDescendants } from '../supervision/process-identity.ts';
import type { SupervisedProcess } from '../supervision/supervised-process.ts';
import type { Component, Supervision } from '../supervision/supervision.ts';
import { isTakenPort, StartFailure } from './start-component.ts';

/** A port that its owner has left for a moment may be some connection's own in the meantime. */
const PORT_ATTEMPTS = 20;
const PORT_RETRY_MS = 250;
/** A gateway takes 1.5 s to send its clients away, and 2 s for the rest at most. */
const GRACE_MS = 5_000;

/** Faults of a supervised target. */
export function createFaults(supervision: Supervision, brokers: BreakableBrokers): TargetFaults {
  const reviving = new Map<string, Promise<void>>();

  function find(name: string): Component {
    const component = supervision.components.get(name);
    if (component !== undefined) return component;
    throw new Error(`no component "${name}", expected one of ${[...supervision.components.keys()].sort().join(', ')}`);
  }

  function revive(name: string): Promise<void> {
    const pending = reviving.get(name);
    if (pending !== undefined) return pending;
    const starting = startAgain(find(name)).finally(() => reviving.delete(name));
    reviving.set(name, starting);
    return starting;
  }

  async function end(name: string, signal: NodeJS.Signals): Promise<void> {
    await reviving.get(name);
    const { process } = find(name);
    supervision.condemn(process);
    process.signal(signal);
    const limit = setTimeout(() => process.signal('SIGKILL'), GRACE_MS);
    await process.ended;
    clearTimeout(limit);
  }

  return {
    async kill(name) {
      await end(name, find(name).process.spec.killSignal);
      void revive(name).catch((error) => supervision.fail(describe(name, error)));
    },
    async restart(name) {
      const { process, tier } = find(name);
      await end(name, tier === 'node' ? 'SIGTERM' : process.spec.killSignal);
      await revive(name);
    },
    pause: async (name) => signalAll(find(name).process, 'SIGSTOP'),
    resume: async (name) => signalAll(find(name).process, 'SIGCONT'),
    disconnect: (name) => breakConnections(name, brokers),
  };
}

async function startAgain(component: Component): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await component.revive();
    } catch (error) {
      const taken = error instanceof StartFailure && isTakenPort(error.failure);
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
      await sleep(PORT_RETRY_MS);
    }
  }
}

/** Also those that have left its group: Postgres gives each connection a session of its own. */
function signalAll(supervised: SupervisedProcess, signal: NodeJS.Signals): void {
  supervised.signal(signal);
  for (const { pid } of listDescendants(supervised.identity.pid)) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended since it was listed.
    }
  }
}

function describe(component: string, error: unknown) {
  if (error instanceof StartFailure) return error.failure;
  return { component, reason: `did not start again: ${error instanceof Error ? error.message : error}`, logTail: [] };
}
