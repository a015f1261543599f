import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetFaults } from '../../target-faults.ts';
import type { TargetFailure } from '../running-target.ts';
import { findBreakCommand } from './break-inside.ts';
import { filterContainers } from './project-containers.ts';
import { describeDockerError, runDocker } from './run-docker.ts';

const HEALTHY_WITHIN_MS = 120_000;
const HEALTH_INTERVAL_MS = 250;

/**
 * Faults of a composition's containers, by the command line of Docker: that of compose kills and pauses all replicas of a service
 * or none.
 *
 * @param project the composition's name
 * @param onLost  told of a component that was killed and does not come up again
 */
export function createComposeFaults(project: string, onLost: (failure: TargetFailure) => void): TargetFaults {
  /** What is being started again: the next fault of the same component waits for it. */
  const reviving = new Map<string, Promise<void>>();

  function revive(component: string, container: string): void {
    const starting = act('start', container)
      .then(() => awaitHealthy(container))
      .catch((error: Error) => onLost({ component, reason: `did not start again: ${error.message}`, logTail: [] }))
      .finally(() => reviving.delete(component));
    reviving.set(component, starting);
  }

  const whenUp = async (component: string) => {
    await reviving.get(component);
    return findContainer(project, component);
  };
  return {
    async kill(component) {
      const container = await whenUp(component);
      await act('kill', container);
      // Started while it is still ending, it would not be started at all. No restart policy does it: none is set.
      await act('wait', container);
      revive(component, container);
    },
    async restart(component) {
      const container = await whenUp(component);
      await act('restart', container);
      await awaitHealthy(container);
    },
    pause: async (component) => act('pause', await whenUp(component)),
    resume: async (component) => act('unpause', await findContainer(project, component)),
    async disconnect(what) {
      const { component, command } = findBreakCommand(what);
      await run(['exec', await whenUp(component), ...command]);
    },
  };
}

async function findContainer(project: string, component: string): Promise<string> {
  const [, service = component, number = '1'] = /^(gateway|worker)-(\d+)$/.exec(component) ?? [];
  const filters = filterContainers(project, { service, 'container-number': number });
  const [container = ''] = (await run(filters)).split('\n');
  if (container === '') throw new Error(`no container of ${component}`);
  return container;
}

async function act(command: string, container: string): Promise<void> {
  await run([command, container]);
}

/** Rejects where it ends, or is not healthy in time. */
async function awaitHealthy(container: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < HEALTHY_WITHIN_MS; waitedMs += HEALTH_INTERVAL_MS) {
    const state = await run(['inspect', '--format', '{{.State.Status}} {{.State.Health.Status}}', container]);
    const [status, health] = state.trim().split(' ');
    if (health === 'healthy') return;
    if (status === 'exited' || status === 'dead') throw new Error(`its container is ${status}`);
    await sleep(HEALTH_INTERVAL_MS);
  }
  throw new Error(`its container is not healthy after ${HEALTHY_WITHIN_MS / 1000} s`);
}

async function run(args: readonly string[]): Promise<string> {
  return runDocker(args).catch((cause: unknown) => {
    throw new Error(describeDockerError(cause), { cause });
  });
}
