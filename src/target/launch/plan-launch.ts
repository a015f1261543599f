import { findLocalBinaries, listMissingBinaries } from './find-binaries.ts';
import type { LaunchPlan } from './launch-plan.ts';

/** Which target to launch; a scenario's `target` fits where its kind is not `external`. */
export interface LaunchRequest {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly topology: 'worker';
  readonly gateways: number;
  readonly workers: number;
}

const START_TIMEOUT_MS = 30_000;

/** What the supervisor is told; `auto` becomes `local` where all of its programs are found, else `embedded`. */
export function planLaunch(
  size: { readonly gateways: number; readonly workers: number },
  kind: 'auto' | 'embedded' | 'local',
  options: { readonly stateFile?: string; readonly startTimeoutMs?: number | undefined },
): LaunchPlan {
  return {
    kind: kind === 'auto' ? chooseKind() : kind,
    gateways: size.gateways,
    workers: size.workers,
    stateFile: options.stateFile ?? null,
    startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
  };
}

function chooseKind(): 'local' | 'embedded' {
  return listMissingBinaries(findLocalBinaries()).length === 0 ? 'local' : 'embedded';
}
