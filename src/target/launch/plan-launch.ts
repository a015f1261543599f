import { findLocalBinaries, listMissingBinaries } from './find-binaries.ts';
import type { LaunchPlan } from './launch-plan.ts';

/** Which target to launch; a scenario's `target` fits where its kind is not `external`. */
export interface LaunchRequest {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly topology: 'worker';
  readonly gateways: number;
  readonly workers: number;
  /** Let messages carry stamps of where their time went. Default true. */
  readonly hops?: boolean;
}

const START_TIMEOUT_MS = 30_000;

/** What the supervisor is told; `auto` becomes `local` where all of its programs are found, else `embedded`. */
export function planLaunch(
  request: Pick<LaunchRequest, 'gateways' | 'workers' | 'hops'>,
  kind: 'auto' | 'embedded' | 'local',
  options: { readonly stateFile?: string; readonly startTimeoutMs?: number | undefined },
): LaunchPlan {
  return {
    kind: kind === 'auto' ? chooseKind() : kind,
    gateways: request.gateways,
    workers: request.workers,
    stateFile: options.stateFile ?? null,
    startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
    hops: request.hops ?? true,
  };
}

function chooseKind(): 'local' | 'embedded' {
  return listMissingBinaries(findLocalBinaries()).length === 0 ? 'local' : 'embedded';
}
