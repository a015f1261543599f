import { expect, it } from 'vitest';
import { findCpuQuotas, readCpuLimits, readThrottled } from './cpu-limits.ts';

type Files = Readonly<Record<string, string>>;
const reader = (files: Files) => (path: string) => files[path] ?? null;

/** A container with a namespace of its own for control groups, version 2. */
const SECOND: Files = {
  '/proc/self/cgroup': '0::/\n',
  '/proc/self/mountinfo': '30 22 0:27 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n',
  '/proc/self/status': 'Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n',
  '/sys/fs/cgroup/cpu.max': '150000 100000\n',
  '/sys/fs/cgroup/cpu.stat':
    'usage_usec 9\nuser_usec 5\nsystem_usec 4\nnr_periods 200\nnr_throttled 50\nthrottled_usec 1250000\n',
};

/** A container whose groups are those of the machine, version 1: only what is mounted shows where its own is. */
const FIRST: Files = {
  '/proc/self/cgroup': '5:memory:/docker/a1\n4:cpu,cpuacct:/docker/a1\n3:cpuset:/docker/a1\n',
  '/proc/self/mountinfo':
    '31 30 0:28 /docker/a1 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n' +
    '32 30 0:29 /docker/a1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n',
  '/proc/self/status': 'Cpus_allowed_list:\t0,2-3\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 40\nnr_throttled 10\nthrottled_time 2500000000\n',
};

const limitsOf = (files: Files, machineCores = 8) => readCpuLimits(reader(files), undefined, machineCores);
const throttledOf = (files: Files) => readThrottled(findCpuQuotas(reader(files)));

it('reads the quota of version 2, and rounds the cores that it amounts to up', () => {
  expect(limitsOf(SECOND)).toEqual({ cores: 2, machineCores: 8, quotaCores: 1.5 });
  expect(throttledOf(SECOND)).toEqual({ us: 1_250_000, periods: 200, throttledPeriods: 50 });
});

it('reads the quota of version 1, whose time is in nanoseconds, where the mount shows the group itself', () => {
  expect(limitsOf(FIRST)).toEqual({ cores: 1, machineCores: 8, quotaCores: 0.5 });
  expect(throttledOf(FIRST)).toEqual({ us: 2_500_000, periods: 40, throttledPeriods: 10 });
});

it('counts the cores of a cpuset or an affinity, and none that the machine does not have', () => {
  const cpuset = { '/proc/self/status': 'Cpus_allowed_list:\t0,2-3\n' };
  expect(limitsOf(cpuset)).toEqual({ cores: 3, machineCores: 8, quotaCores: null });
  expect(limitsOf({ '/proc/self/status': 'Cpus_allowed_list:\t0-127\n' }).cores).toBe(8);
});

it('is bounded by the fewer of quota and cpuset', () => {
  const loose = { ...FIRST, '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '600000\n' };
  expect(limitsOf(loose)).toEqual({ cores: 3, machineCores: 8, quotaCores: 6 });
});

it('takes the narrowest of nested groups, and adds up what all of them did', () => {
  const nested: Files = {
    ...SECOND,
    '/proc/self/cgroup': '0::/kubepods/pod7/c1\n',
    '/sys/fs/cgroup/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/kubepods/pod7/cpu.max': '200000 50000\n',
    '/sys/fs/cgroup/kubepods/pod7/cpu.stat': 'nr_periods 9\nnr_throttled 1\nthrottled_usec 7\n',
    '/sys/fs/cgroup/kubepods/pod7/c1/cpu.max': '250000 100000\n',
    '/sys/fs/cgroup/kubepods/pod7/c1/cpu.stat': 'nr_periods 30\nnr_throttled 3\nthrottled_usec 100\n',
  };
  expect(limitsOf(nested)).toEqual({ cores: 3, machineCores: 8, quotaCores: 2.5 });
  expect(throttledOf(nested)).toEqual({ us: 107, periods: 39, throttledPeriods: 4 });
});

it('finds a first version beside a second one that has no CPU of its own', () => {
  const hybrid: Files = {
    ...FIRST,
    '/proc/self/cgroup': `${FIRST['/proc/self/cgroup']}0::/docker/a1\n`,
    '/proc/self/mountinfo': `${FIRST['/proc/self/mountinfo']}40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
    '/sys/fs/cgroup/unified/docker/a1/cpu.stat': 'usage_usec 5\n',
  };
  expect(limitsOf(hybrid).quotaCores).toBe(0.5);
});

it('looks at the place of the mount for a group that lies outside of what it shows', () => {
  expect(limitsOf({ ...SECOND, '/proc/self/cgroup': '0::/../sibling\n' }).quotaCores).toBe(1.5);
  expect(limitsOf({ ...FIRST, '/proc/self/cgroup': '4:cpu,cpuacct:/elsewhere\n' }).quotaCores).toBe(0.5);
});

it.each<[string, Files]>([
  ['without control groups', { '/proc/self/status': 'Cpus_allowed_list:\t0-7\n' }],
  ['without a mount', { ...SECOND, '/proc/self/mountinfo': '' }],
  ['with a group of version 2 that has no limit', { ...SECOND, '/sys/fs/cgroup/cpu.max': 'max 100000\n' }],
  ['in the root group of version 2, which cannot have one', { ...SECOND, '/sys/fs/cgroup/cpu.max': '' }],
  [
    'with a group of version 1 that has no limit',
    { ...FIRST, '/proc/self/status': '', '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n' },
  ],
  ['where nothing can be read', {}],
])('has no quota %s', (_, files) => {
  expect(limitsOf(files)).toEqual({ cores: 8, machineCores: 8, quotaCores: null });
  expect(throttledOf(files)).toBeNull();
});

it('has a quota that does not tell what it did, where the system counts nothing', () => {
  expect(throttledOf({ ...SECOND, '/sys/fs/cgroup/cpu.stat': 'usage_usec 9\n' })).toBeNull();
});

it('answers on this machine, whatever it limits', () => {
  const { cores, machineCores } = readCpuLimits();
  expect(cores).toBeGreaterThanOrEqual(1);
  expect(cores).toBeLessThanOrEqual(machineCores);
});
