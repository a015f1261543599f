import { randomBytes } from 'node:crypto';
import { type Balance, type Defect, hasWorkers, type QueueType, type Topology } from '../choices.ts';
import type { RateLimit } from '../cluster/ports/rate-limiter.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { findLocalBinaries, listMissingBinaries } from './machine/find-binaries.ts';

/** Which target to launch; a scenario's `target` fits where its kind is not `external`. */
export interface LaunchRequest {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly topology: Topology;
  /** Of RabbitMQ's partition queues, where the topology has some. Default `classic`. */
  readonly queueType?: QueueType;
  /** What each user may send. Default null: nobody is limited. */
  readonly rateLimit?: RateLimit | null;
  readonly gateways: number;
  readonly workers: number;
  /** Let messages carry stamps of where their time went. Default true. */
  readonly hops?: boolean;
  /** Its users must bear tokens, signed with a key of its own. Default false. */
  readonly auth?: boolean;
  /** What it is to do wrong. Default null. */
  readonly defect?: Defect | null;
  /** Default `none`. */
  readonly balance?: Balance;
}

/** RabbitMQ starts in 3 s on two idle cores; on a host that gives a virtual machine half of its time, in more than 30 s. */
const START_TIMEOUT_MS = 90_000;

/** What the supervisor is told; `auto` becomes `local` where all of its programs are found, else `embedded`. */
export function planLaunch(
  composition: Omit<LaunchRequest, 'kind'>,
  kind: 'auto' | 'embedded' | 'local',
  options: { readonly stateFile?: string; readonly startTimeoutMs?: number | undefined },
): LaunchPlan {
  return {
    kind: kind === 'auto' ? chooseKind(composition) : kind,
    topology: composition.topology,
    queueType: composition.queueType ?? 'classic',
    rateLimit: composition.rateLimit ?? null,
    gateways: composition.gateways,
    workers: countWorkers(composition),
    balance: composition.balance ?? 'none',
    stateFile: options.stateFile ?? null,
    startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
    hops: composition.hops ?? true,
    tokenKey: composition.auth === true ? randomBytes(32).toString('base64url') : null,
    defect: composition.defect ?? null,
  };
}

/** What a target of kind `auto` is on this machine. */
export function chooseKind({
  balance = 'none',
  topology,
  queueType,
}: Pick<LaunchRequest, 'balance' | 'topology' | 'queueType'>): 'local' | 'embedded' {
  // Where a program is asked for, `local` says what it lacks; `embedded` would leave it out.
  if (balance !== 'none' || topology === 'stomp' || queueType === 'quorum') return 'local';
  return listMissingBinaries(findLocalBinaries(), balance, topology).length === 0 ? 'local' : 'embedded';
}

/** None where the topology has none, whatever was asked for. */
export function countWorkers({ topology, workers }: Pick<LaunchRequest, 'topology' | 'workers'>): number {
  return hasWorkers(topology) ? workers : 0;
}
