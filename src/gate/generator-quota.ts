import type { Samples, ShardHealth } from '../record/samples.ts';
import { VALIDITY_LIMITS } from './finding.ts';

type Quota = NonNullable<ShardHealth['quota']>;

/** The CPU quota that stopped a generator process most; null where none did more than now and then. */
export function findThrottling({ health }: Pick<Samples, 'health'>): Quota | null {
  const quotas = health.flatMap(({ quota }) => quota ?? []);
  const worst = quotas.reduce<Quota | null>(
    (most, quota) => (most === null || quota.throttledRatio > most.throttledRatio ? quota : most),
    null,
  );
  return worst === null || worst.throttledRatio <= VALIDITY_LIMITS.throttledRatio ? null : worst;
}

/** How much of a core a generator process can have used at most, 0–1: a quota may leave it less than one. */
export function usableOfCore({ quota }: Pick<ShardHealth, 'quota'>): number {
  return Math.min(1, quota?.cores ?? 1);
}

/** What is to be done about a slow generator: where a quota stops it, that it has a machine to itself helps nothing. */
export function remedyAgainst(samples: Pick<Samples, 'health'>, usual: string): string {
  return findThrottling(samples) === null ? usual : RAISE_QUOTA;
}

export const RAISE_QUOTA =
  'raise the CPU quota (--cpus of docker run, limits.cpu of Kubernetes, CPUQuota of systemd), or lower the rate; what else runs on this machine is not the cause';
