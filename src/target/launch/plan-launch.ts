import { findLocalBinaries, listMissingBinaries } from './find-binaries.ts';
import type { Balance, LaunchPlan } from './launch-plan.ts';

/** Which target to launch; a scenario's `target` fits where its kind is not `external`. */
export interface LaunchRequest {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly topology: 'worker';
  readonly gateways: number;
  readonly workers: number;
  /** Default `none`. */
  readonly balance?: Balance;
}

const START_TIMEOUT_MS = 30_000;

/** What the supervisor is told; `auto` becomes `local` where all of its programs are found, else `embedded`. */
export function planLaunch(
  size: Pick<LaunchRequest, 'gateways' | 'workers' | 'balance'>,
  kind: 'auto' | 'embedded' | 'local',
  options: { readonly stateFile?: string; readonly startTimeoutMs?: number | undefined },
): LaunchPlan {
  return {
    kind: kind === 'auto' ? chooseKind(size) : kind,
    gateways: size.gateways,
    workers: size.workers,
    balance: size.balance ?? 'none',
    stateFile: options.stateFile ?? null,
    startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
  };
}

function chooseKind({ balance = 'none' }: Pick<LaunchRequest, 'balance'>): 'local' | 'embedded' {
  // Where nginx is asked for, `local` says what it lacks; `embedded` would leave it out.
  if (balance !== 'none') return 'local';
  return listMissingBinaries(findLocalBinaries()).length === 0 ? 'local' : 'embedded';
}
