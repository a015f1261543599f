import { launchTarget } from '../../launch/launch-target.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { TOKEN_KEY_VARIABLE } from '../../token-key.ts';
import type { Admission } from './admit-target.ts';
import type { RunView } from './run-view.ts';

/**
 * Starts the bundled cluster, or points at a server that is already there. Null where the signal aborts before it is up.
 * Parts are broken only of a cluster of the run's own: one that is kept up between runs may be in use.
 */
export async function openTarget(
  { target: request, faults }: Pick<Scenario, 'target' | 'faults'>,
  view: RunView,
  signal: AbortSignal,
  admission: Admission,
  launch = launchTarget,
): Promise<RunningTarget | null> {
  const { kind, topology, queueType, rateLimit, gateways, workers, balance, hops, auth = false, defect } = request;
  if (kind === 'external') return pointAt([request.url ?? '', ...request.further], admission);
  // Clients are the run's own anyway, and so is the proxy that delays.
  const isBroken = faults.some(({ action, on }) => on !== 'clients' && action !== 'delay');
  const opened = await launch(
    { kind, topology, queueType, rateLimit, gateways, workers, balance, hops, auth, defect },
    {
      signal,
      attach: !isBroken,
      keepPorts: isBroken,
      onProgress: (component, elapsedMs) => view.note(`${component} is up after ${(elapsedMs / 1000).toFixed(1)} s`),
    },
  ).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  if (opened !== null) {
    view.note(describeOrigin(opened));
    giveTokenKey(opened);
  }
  return opened;
}

function describeOrigin({ attachedTo, description }: RunningTarget): string {
  return attachedTo === undefined
    ? `started a ${description.kind} target of its own`
    : `attached to the ${description.kind} target "${attachedTo.name}", up since ${attachedTo.startedAt}: it stays up`;
}

/** By the environment, as every secret of a protocol: to the processes of this machine that drive the target, and into no file. */
function giveTokenKey({ tokenKey = null }: RunningTarget): void {
  if (tokenKey === null) delete process.env[TOKEN_KEY_VARIABLE];
  else process.env[TOKEN_KEY_VARIABLE] = tokenKey;
}

function pointAt(endpoints: readonly string[], { publicHosts, proxies, hosts }: Admission): RunningTarget {
  const named = publicHosts.length === 0 ? {} : { publicHosts: [...publicHosts] };
  return {
    description: {
      kind: 'external',
      topology: null,
      queueType: null,
      gateways: null,
      workers: null,
      components: [],
      ...named,
      ...(proxies.length === 0 ? {} : { proxies: [...proxies] }),
      ...(hosts.tls?.verifies === false ? { unverified: true as const } : {}),
    },
    endpoints,
    hosts,
    gatewayStats: [],
    processes: [],
    queue: null,
    faults: null,
    failure: new Promise(() => {}),
    stop: async () => {},
  };
}
