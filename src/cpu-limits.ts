import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What a process may use of its machine's CPU. */
export interface CpuLimits {
  /** Cores that it may use at once, at least 1: those that it may run on, and no more than its quota amounts to, rounded up. */
  readonly cores: number;
  readonly machineCores: number;
  /** CPU time per time that its control groups leave it, such as 0.5; null: as much as its cores have. */
  readonly quotaCores: number | null;
}

/** What quotas have done since the control groups were made; of several groups, all together. */
export interface Throttled {
  /** For how long they stopped their processes, µs, all cores together. */
  readonly us: number;
  readonly periods: number;
  /** Of the periods, those in which they did. */
  readonly throttledPeriods: number;
}

/** A quota of CPU time, of one of the control groups that this process is in. */
export interface CpuQuota {
  readonly cores: number;
  /** Null where it does not tell. */
  readThrottled(): Throttled | null;
}

/** The text of a file; null where there is none. */
export type ReadText = (path: string) => string | null;

/**
 * The quotas of all control groups around this process, its own first: version 1 (`cpu.cfs_quota_us`) and 2 (`cpu.max`), wherever they
 * are mounted. None where the system has no control groups.
 */
export function findCpuQuotas(read: ReadText = readSystem): readonly CpuQuota[] {
  const groups = read('/proc/self/cgroup');
  const mounts = (read('/proc/self/mountinfo') ?? '').split('\n').flatMap(parseMount);
  if (groups === null) return [];
  return groups.split('\n').flatMap((line) => {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const isSecond = hierarchy === '0' && controllers === '';
    if (path === undefined || !(isSecond || controllers!.split(',').includes('cpu'))) return [];
    const mount = mounts.find(({ type, options }) =>
      isSecond ? type === 'cgroup2' : type === 'cgroup' && options.includes('cpu'),
    );
    if (mount === undefined) return [];
    const readQuota = isSecond ? readSecondVersion : readFirstVersion;
    return listGroups(mount, path).flatMap((directory) => readQuota(directory, read) ?? []);
  });
}

/** @param quotas  of this process */
export function readCpuLimits(
  read: ReadText = readSystem,
  quotas = findCpuQuotas(read),
  machineCores = cpus().length,
): CpuLimits {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1];
  // An affinity may name cores that are off.
  const usable = Math.min(machineCores, allowed === undefined ? machineCores : countListed(allowed));
  const quotaCores =
    quotas.length === 0 ? null : quotas.reduce((least, { cores }) => Math.min(least, cores), Number.POSITIVE_INFINITY);
  return { cores: Math.max(1, Math.min(usable, Math.ceil(quotaCores ?? usable))), machineCores, quotaCores };
}

/** What all of them have done together; null where there is none, or none that tells. */
export function readThrottled(quotas: readonly CpuQuota[]): Throttled | null {
  return quotas.reduce<Throttled | null>((sum, quota) => {
    const one = quota.readThrottled();
    if (one === null || sum === null) return one ?? sum;
    return {
      us: sum.us + one.us,
      periods: sum.periods + one.periods,
      throttledPeriods: sum.throttledPeriods + one.throttledPeriods,
    };
  }, null);
}

interface Mount {
  /** Which group of the hierarchy is seen at its place: inside a container its own. */
  readonly root: string;
  readonly place: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** A line of mountinfo: `36 35 98:0 /root /place options [optional…] - type source options` (proc_pid_mountinfo(5)). */
function parseMount(line: string): readonly Mount[] {
  const [before, after] = line.split(' - ');
  const [root, place] = (before ?? '').split(' ').slice(3, 5).map(unescapeMount);
  const [type, , options] = (after ?? '').split(' ');
  if (root === undefined || place === undefined || type === undefined || options === undefined) return [];
  return [{ root, place, type, options: options.split(',') }];
}

/** Blanks and the like are written in octal there. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The directories of a group and of all around it that can be seen, its own first. A quota of each of them counts. */
function listGroups({ root, place }: Mount, path: string): readonly string[] {
  const base = root === '/' ? '' : root;
  const isInside = path === base || path.startsWith(`${base}/`);
  const names = (isInside ? path.slice(base.length) : '').split('/').filter((name) => name !== '');
  // Outside of what is seen here: then the place is as near as one comes to it.
  const inner = names.includes('..') ? [] : names;
  return Array.from({ length: inner.length + 1 }, (_, up) =>
    [place, ...inner.slice(0, inner.length - up)].join('/').replace('//', '/'),
  );
}

/** `cpu.max`: `QUOTA PERIOD` or `max PERIOD`, µs. */
function readSecondVersion(directory: string, read: ReadText): CpuQuota | null {
  const [quota, period] = (read(`${directory}/cpu.max`) ?? '').trim().split(/\s+/).map(Number);
  return quotaOf(quota, period, () => readStat(`${directory}/cpu.stat`, 'throttled_usec', 1, read));
}

/** `cpu.cfs_quota_us`, −1 for none, of each `cpu.cfs_period_us`. */
function readFirstVersion(directory: string, read: ReadText): CpuQuota | null {
  const [quota, period] = ['quota', 'period'].map((name) =>
    Number(read(`${directory}/cpu.cfs_${name}_us`) ?? Number.NaN),
  );
  return quotaOf(quota, period, () => readStat(`${directory}/cpu.stat`, 'throttled_time', 1_000, read));
}

function quotaOf(quota = Number.NaN, period = Number.NaN, readThrottled: CpuQuota['readThrottled']): CpuQuota | null {
  return quota > 0 && period > 0 ? { cores: quota / period, readThrottled } : null;
}

/** @param perUs  how many of its unit make a microsecond */
function readStat(path: string, timeName: string, perUs: number, read: ReadText): Throttled | null {
  const text = read(path) ?? '';
  const [time, periods, throttledPeriods] = [timeName, 'nr_periods', 'nr_throttled'].map((name) =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN),
  ) as [number, number, number];
  if (Number.isNaN(time + periods + throttledPeriods)) return null;
  return { us: Math.round(time / perUs), periods, throttledPeriods };
}

/** How many a list such as `0-2,5` names. */
function countListed(list: string): number {
  return list.split(',').reduce((sum, part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}

function readSystem(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
