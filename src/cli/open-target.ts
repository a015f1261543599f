import type { TargetRequest } from '../scenario/scenario.ts';
import { launchTarget } from '../target/launch/launch-target.ts';
import type { RunningTarget } from '../target/running-target.ts';

/** Starts the bundled cluster, or points at a server that is already there. `onProgress`: a component has become ready. */
export async function openTarget(
  request: TargetRequest,
  onProgress: (component: string, elapsedMs: number) => void,
): Promise<RunningTarget> {
  const { kind, topology, gateways, workers } = request;
  if (kind !== 'external') return launchTarget({ kind, topology, gateways, workers }, { onProgress });
  return {
    description: { kind: 'external', topology: null, gateways: null, workers: null, components: [] },
    endpoints: [request.url ?? ''],
    queue: null,
    failure: new Promise(() => {}),
    stop: async () => {},
  };
}
