import type { TargetRequest } from '../scenario/scenario.ts';
import { launchTarget } from '../target/launch/launch-target.ts';
import type { RunningTarget } from '../target/running-target.ts';

/** Starts the bundled cluster, or points at a server that is already there. */
export async function openTarget(request: TargetRequest, signal: AbortSignal): Promise<RunningTarget> {
  if (request.kind !== 'external') return launchTarget(request, { signal });
  return {
    description: { kind: 'external', topology: null, gateways: null, workers: null, components: [] },
    endpoints: [request.url ?? ''],
    queue: null,
    failure: new Promise(() => {}),
    stop: async () => {},
  };
}
