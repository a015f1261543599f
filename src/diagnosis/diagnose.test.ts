import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type RunResult, runResult } from '../result/run-result.ts';
import { encodeValues } from '../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { DIAGNOSIS_RULES, diagnose } from './diagnose.ts';
import { DIAGNOSIS_CODES, type DiagnosisCode } from './diagnosis.ts';
import { MEANINGS } from './meanings.ts';

/**
 * Results of runs, as they were written: a chat whose worker burns 20 ms of CPU a message, or waits 20 ms for its database, at 100
 * messages a second, on a machine that others kept busy, or that nearly keeps up, or stands still now and then; the bundled cluster at a
 * load that it takes; and a chat that leaks, refuses one connection in five, stands still for 400 ms every 3 s, has a detour for a third of
 * its rooms, has a slow one of two addresses, or is driven by a generator that was stopped for 100 ms again and again.
 */
function readRun(name: string): RunResult {
  const text = readFileSync(new URL(`../testing/diagnosed-runs/${name}.json`, import.meta.url), 'utf8');
  return runResult.parse(JSON.parse(text));
}

const codesOf = (result: RunResult) => diagnose(result).map(({ code }) => code);

describe('runs as they were', () => {
  it('a worker that fills its core is named as what is full, with the rate that it sustains and the growth of its queue', () => {
    const result = readRun('cpu-bound');
    expect(codesOf(result)).toEqual(['saturated', 'process-full', 'backlog-elsewhere']);
    const [{ evidence }, full, waiting] = diagnose(result) as [
      ReturnType<typeof diagnose>[number],
      ReturnType<typeof diagnose>[number],
      ReturnType<typeof diagnose>[number],
    ];
    const { growthPerSecond } = evidence as { growthPerSecond: number };
    expect(waiting.evidence.growthPerSecond! / growthPerSecond).toBeGreaterThan(0.95);
    expect(waiting.evidence.growthPerSecond! / growthPerSecond).toBeLessThan(1.05);
    expect(full.text).toContain('worker is at its limit');
    expect(waiting.text).toContain('wait in queue');
  });

  it('a worker that waits for its database is not blamed for its CPU', () => {
    expect(codesOf(readRun('database-bound'))).toEqual(['saturated', 'backlog-elsewhere', 'behind-ack']);
  });

  it.each([
    ['found-worker', 'worker.js is at its limit'],
    ['found-database', null],
  ])('of %s, whose processes nobody named, only a process that is full is blamed', (name, blame) => {
    const found = diagnose(readRun(name));
    expect(found[0]?.code).toBe('saturated');
    const full = found.find(({ code }) => code === 'process-full');
    if (blame === null) expect(full).toBeUndefined();
    else expect(full?.text).toContain(blame);
  });

  /** The rule of each finding, by itself: a run in which it speaks, and runs that are its like but for what it looks for. */
  const RUNS: Readonly<Record<DiagnosisCode, { readonly speaks: string; readonly silent: readonly string[] }>> = {
    saturated: { speaks: 'cpu-bound', silent: ['sound', 'just-below', 'stalling-worker'] },
    'process-full': { speaks: 'cpu-bound', silent: ['database-bound', 'found-database', 'just-below'] },
    'backlog-elsewhere': { speaks: 'cpu-bound', silent: ['just-below', 'sound'] },
    'memory-growing': { speaks: 'leaking', silent: ['sound', 'steady'] },
    drifting: { speaks: 'slow-leak', silent: ['steady'] },
    'connections-refused': { speaks: 'refusing', silent: ['sound'] },
    'slow-gateway': { speaks: 'slow-gateway', silent: ['sound', 'stalling'] },
    'behind-ack': { speaks: 'database-bound', silent: ['sound', 'stalling-worker'] },
    'periodic-stall': { speaks: 'stalling', silent: ['sound', 'steady', 'just-below'] },
    'two-speeds': { speaks: 'two-speeds', silent: ['sound', 'stalling', 'slow-gateway'] },
    generator: { speaks: 'late-generator', silent: ['sound'] },
    'longest-hop': { speaks: 'sound', silent: ['stalling'] },
  };

  it.each(DIAGNOSIS_CODES)('%s is said of one of them, and not of others', (code) => {
    const { speaks, silent } = RUNS[code];
    expect(DIAGNOSIS_RULES[code](readRun(speaks)), speaks).not.toBeNull();
    for (const run of silent) expect(DIAGNOSIS_RULES[code](readRun(run)), run).toBeNull();
  });

  it.each([
    ['leaking', 'memory-growing'],
    ['refusing', 'connections-refused'],
    ['stalling', 'periodic-stall'],
    ['two-speeds', 'two-speeds'],
    ['late-generator', 'generator'],
    ['database-bound', 'behind-ack'],
    ['sound', 'longest-hop'],
  ] as const)('of the run %s, and of none but it, is told %s', (name, code) => {
    // The generator had its part in each of these runs: the machine was not theirs alone. Saturated are two of them.
    const others = ['leaking', 'refusing', 'stalling', 'two-speeds', 'late-generator', 'sound'];
    expect(codesOf(readRun(name))).toContain(code);
    if (code === 'generator' || code === 'behind-ack') return;
    for (const other of others.filter((one) => one !== name))
      expect(codesOf(readRun(other)), other).not.toContain(code);
  });

  it.each(['leaking', 'refusing', 'stalling', 'two-speeds', 'late-generator', 'sound'])(
    'of %s nobody says that it is saturated, or its process full',
    (name) => {
      const codes = codesOf(readRun(name));
      for (const code of ['saturated', 'process-full', 'backlog-elsewhere', 'behind-ack'])
        expect(codes).not.toContain(code);
    },
  );

  it.each([
    ['stalling', 3],
    ['stalling-worker', 5],
  ])('the period of %s is the %i s that it had', (name, seconds) => {
    expect(diagnose(readRun(name))[0]?.evidence.periodSeconds).toBe(seconds);
  });

  it('of two addresses the one that is slower is named', () => {
    const [found, ...others] = diagnose(readRun('slow-gateway'));
    expect(found?.text).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/? is slower than the other/);
    expect(found?.evidence.gateway).toBe(2);
    expect(others).toEqual([]);
  });

  it('of a cluster that takes its load nothing is said but its longest hop', () => {
    expect(codesOf(readRun('sound'))).toEqual(['longest-hop']);
  });
});

/** A run of so many seconds of measure, with figures by second. */
function course(
  seconds: number,
  of: (second: number) => { readonly inFlight?: number; readonly delivered?: number; readonly slowestUs?: number },
  parts: SmallResultParts = {},
): RunResult {
  const base = smallResult();
  const intervals = Array.from({ length: seconds + 1 }, (_, second) => {
    const { inFlight = 0, delivered = 100, slowestUs = 4_000 } = of(second);
    const delivery = encodeValues([1_000, 2_000, slowestUs]);
    return { ...base.samples.intervals[0]!, second, offered: 100, sent: 100, delivered, inFlight, delivery };
  });
  const durationUs = seconds * 1_000_000;
  const stage = { fromPerSecond: 100, toPerSecond: 100, durationUs };
  return smallResult({
    ...parts,
    scenario: { load: { ...base.scenario.load, stages: [stage] }, ...parts.scenario },
    ledger: { planned: seconds * 100, sent: seconds * 100, expected: seconds * 100, ...parts.ledger },
    samples: { intervals, ...parts.samples },
    run: {
      phases: { warmupEndUs: 1_000_000, measureEndUs: 1_000_000 + durationUs, drainEndUs: 2_000_000 + durationUs },
      ...parts.run,
    },
  });
}

const growing = (perSecond: number) => (second: number) => ({
  inFlight: second * perSecond,
  delivered: 100 - perSecond,
  // All waits for what came before it.
  slowestUs: 4_000 + second * perSecond * 10_000,
});

const series = (
  name: string,
  unit: 'number' | 'bytes' | 'cores',
  source: 'redis' | 'process',
  of: (second: number) => number,
) => ({
  name,
  unit,
  source,
  intervalMs: 1000,
  gaps: 0,
  trouble: null,
  atUs: Array.from({ length: 12 }, (_, second) => second * 1_000_000),
  values: Array.from({ length: 12 }, (_, second) => of(second)),
});

const observedWhile = (perSecond: number, ...observed: ReturnType<typeof series>[]) => {
  const result = course(10, growing(perSecond));
  return { ...result, observed };
};

const heaps = (fast: number, slow: number, slowUs: number) =>
  smallResult({
    histograms: {
      delivery: [
        ...Array.from({ length: fast }, (_, index) => 3_000 + index),
        ...Array.from({ length: slow }, (_, index) => slowUs + index),
      ],
    },
  });

function fill(times: number, us: number): number[] {
  return Array.from({ length: times }, (_, index) => us + index);
}

/** Deliveries to each of some gateways; of a number, so many µs. */
const gateways = (...of: readonly (number | readonly number[])[]) =>
  smallResult({
    samples: {
      breakdowns: Object.fromEntries(
        of.map((values, index) => [
          `to=${index + 1}`,
          encodeValues(typeof values === 'number' ? fill(300, values) : values),
        ]),
      ),
    },
  });

const CASES: readonly (readonly [DiagnosisCode, string, RunResult, boolean])[] = [
  ['saturated', 'a third is left behind', course(10, growing(33)), true],
  ['saturated', 'all is taken', course(10, growing(0)), false],
  [
    'saturated',
    'what comes out falls short, but nothing is under way: it was lost',
    course(10, () => ({ delivered: 60 })),
    false,
  ],
  [
    'saturated',
    'some of it never comes, and is waited for: latencies do not grow',
    course(10, (s) => ({ inFlight: 20 * s, delivered: 80 })),
    false,
  ],
  [
    'saturated',
    'a stall at the very end',
    course(10, (s) => ({ inFlight: s === 10 ? 80 : 5, delivered: s === 10 ? 25 : 100 })),
    false,
  ],
  ['saturated', 'three seconds are too few', course(3, growing(33)), false],
  [
    'saturated',
    'in a closed loop nothing can be left behind',
    course(10, growing(33), { scenario: { load: { ...smallResult().scenario.load, loop: 'closed' } } }),
    false,
  ],
  [
    'process-full',
    'it used all of a core',
    observedWhile(
      30,
      series('w.busiest', 'cores', 'process', () => 0.97),
    ),
    true,
  ],
  [
    'process-full',
    'it had to share the core',
    observedWhile(
      30,
      series('w.busiest', 'cores', 'process', () => 0.5),
      series('w.waiting', 'cores', 'process', () => 0.45),
    ),
    true,
  ],
  [
    'process-full',
    'it hardly works, though it waits for a core when it does',
    observedWhile(
      30,
      series('w.busiest', 'cores', 'process', () => 0.05),
      series('w.waiting', 'cores', 'process', () => 0.85),
    ),
    false,
  ],
  [
    'process-full',
    'it hardly gets a core, and never rests',
    observedWhile(
      30,
      series('w.busiest', 'cores', 'process', () => 0.07),
      series('w.waiting', 'cores', 'process', () => 0.92),
    ),
    true,
  ],
  [
    'process-full',
    'it is full and takes all',
    observedWhile(
      0,
      series('w.busiest', 'cores', 'process', () => 0.97),
    ),
    false,
  ],
  [
    'backlog-elsewhere',
    'a list grows with the backlog',
    observedWhile(
      30,
      series('lag', 'number', 'redis', (s) => 29 * s),
    ),
    true,
  ],
  [
    'backlog-elsewhere',
    'rows grow by what was taken',
    observedWhile(
      20,
      series('rows', 'number', 'redis', (s) => 80 * s),
    ),
    false,
  ],
  [
    'backlog-elsewhere',
    'a list goes up and down',
    observedWhile(
      30,
      series('lag', 'number', 'redis', (s) => (s % 2) * 300),
    ),
    false,
  ],
  [
    'memory-growing',
    'by 10 MB every second',
    observedWhile(
      0,
      series('w.memory', 'bytes', 'process', (s) => 1e8 + s * 1e7),
    ),
    true,
  ],
  [
    'memory-growing',
    'by a little',
    observedWhile(
      0,
      series('w.memory', 'bytes', 'process', (s) => 1e9 + s * 1e7),
    ),
    false,
  ],
  [
    'memory-growing',
    'up and down',
    observedWhile(
      0,
      series('w.memory', 'bytes', 'process', (s) => 1e8 + (s % 3) * 1e8),
    ),
    false,
  ],
  [
    'connections-refused',
    'one in ten',
    smallResult({ connections: { attempted: 100, opened: 90, failed: 10, failures: { 'HTTP 503': 10 } } }),
    true,
  ],
  ['connections-refused', 'all were opened', smallResult(), false],
  ['slow-gateway', 'the second of three takes long', gateways(4_000, 30_000, 5_000), true],
  ['slow-gateway', 'all of them do', gateways(30_000, 31_000, 29_000), false],
  ['slow-gateway', 'what it adds is next to nothing', gateways(400, 3_000), false],
  ['slow-gateway', 'it stood still once', gateways(4_000, [...fill(180, 4_000), ...fill(40, 200_000)]), false],
  [
    'slow-gateway',
    'half of what the other delivers came in by it',
    gateways([...fill(200, 2_000), ...fill(200, 30_000)], 45_000),
    true,
  ],
  ['slow-gateway', 'hardly anybody is there', gateways(4_000, fill(199, 30_000)), false],
  ['slow-gateway', 'there is no other', gateways(30_000), false],
  [
    'behind-ack',
    'acknowledged in 2 ms, delivered in 400 ms',
    smallResult({ histograms: { ack: [1_900, 2_000, 2_100], delivery: [399_000, 400_000, 401_000] } }),
    true,
  ],
  ['behind-ack', 'delivered in 20 ms', smallResult({ histograms: { ack: [2_000], delivery: [20_000] } }), false],
  ['behind-ack', 'nothing is acknowledged', smallResult({ histograms: { ack: [], delivery: [400_000] } }), false],
  ['periodic-stall', 'every 5 s', course(30, (s) => ({ slowestUs: s % 5 === 2 ? 300_000 : 4_000 + s })), true],
  ['periodic-stall', 'once', course(30, (s) => ({ slowestUs: s === 12 ? 300_000 : 4_000 + s })), false],
  [
    'periodic-stall',
    'now and then',
    course(30, (s) => ({ slowestUs: [3, 4, 11, 17, 29].includes(s) ? 300_000 : 4_000 })),
    false,
  ],
  ['periodic-stall', 'ever slower', course(30, (s) => ({ slowestUs: 4_000 * 1.2 ** s })), false],
  ['two-speeds', 'a fifth takes 100 ms', heaps(800, 200, 100_000), true],
  ['two-speeds', 'a fifth takes twice as long', heaps(800, 200, 7_000), false],
  ['two-speeds', 'one in a hundred takes long', heaps(990, 10, 100_000), false],
  [
    'two-speeds',
    'from fast to slow without a break',
    smallResult({
      histograms: { delivery: Array.from({ length: 1_000 }, (_, index) => Math.round(1_000 * 1.006 ** index)) },
    }),
    false,
  ],
  ['generator', 'half of the p95', smallResult({ histograms: { lateness: [50_000], delivery: [100_000] } }), true],
  ['generator', 'a millisecond of three', smallResult({ histograms: { lateness: [1_000], delivery: [3_000] } }), false],
  ['longest-hop', 'of frames without stamps', smallResult(), false],
];

it.each(CASES)('%s, %s', (code, _, result, speaks) => {
  const finding = DIAGNOSIS_RULES[code](result);
  expect(finding !== null).toBe(speaks);
  if (finding === null) return;
  expect(finding.text).toMatch(/^\S.*\.$/);
  for (const value of Object.values(finding.evidence)) expect(Number.isFinite(value)).toBe(true);
});

it('says by how much it is saturated', () => {
  const evidence = DIAGNOSIS_RULES.saturated(course(10, growing(33)))?.evidence;
  expect(evidence).toEqual({ offeredPerSecond: 100, takenPerSecond: 67, growthPerSecond: 33 });
});

it('names the gateway that is slow, by its number, or of another target by its address', () => {
  const result = gateways(4_000, 30_000);
  expect(DIAGNOSIS_RULES['slow-gateway'](result)).toMatchObject({
    text: expect.stringMatching(
      /^gateway-2 is slower than the other: .* 30\.2 ms on average, at the other one 4\.15 ms\./,
    ),
    evidence: { gateway: 2 },
  });
  // Whoever connects first is the first to be counted: the order is that in which addresses were given.
  const perEndpoint = { 'ws://10.0.0.2:8080/?token=geheim': 2, 'ws://10.0.0.1:8080/': 2 };
  const further = ['ws://10.0.0.2:8080/?token=geheim'];
  const external = {
    ...result,
    scenario: { ...result.scenario, target: { ...result.scenario.target, url: 'ws://10.0.0.1:8080/', further } },
    target: { ...result.target, kind: 'external' as const },
    samples: { ...result.samples, connections: { ...result.samples.connections, perEndpoint } },
  };
  const text = DIAGNOSIS_RULES['slow-gateway'](external)?.text;
  expect(text).toContain('ws://10.0.0.2:8080/');
  expect(text).not.toContain('geheim');
});

it('says how busy the process of the longest hop was', () => {
  const base = smallResult();
  const hops = [
    { name: 'queue', way: 'delivery' as const, histogram: encodeValues([2_000]) },
    { name: 'commit', way: 'delivery' as const, histogram: encodeValues([6_000]) },
    { name: 'confirm', way: 'ack' as const, histogram: encodeValues([90_000]) },
  ];
  const process = (name: string, cpuRatio: number) => ({
    ...{ name, atUs: [0, 1_500_000, 2_500_000], cpuRatio: [null, cpuRatio, cpuRatio], residentBytes: [1, 1, 1] },
  });
  const of = (...processes: ReturnType<typeof process>[]) =>
    DIAGNOSIS_RULES['longest-hop']({ ...base, processes, samples: { ...base.samples, hops } })?.text;
  expect(of(process('rabbitmq', 0.9), process('postgres', 0.42))).toBe(
    'The longest hop is "commit": 75 % of a delivery\'s mean, 6.00 ms; meanwhile postgres used 42 % of a core.',
  );
  expect(of(process('rabbitmq', 0.9))).toBe('The longest hop is "commit": 75 % of a delivery\'s mean, 6.00 ms.');
});

it('names the period of a stall', () => {
  const result = course(30, (s) => ({ slowestUs: s % 7 === 2 ? 300_000 : 4_000 }));
  expect(DIAGNOSIS_RULES['periodic-stall'](result)?.evidence.periodSeconds).toBe(7);
});

it('says no more than three things, in their order', () => {
  const result = readRun('cpu-bound');
  const codes = DIAGNOSIS_CODES.filter((code) => DIAGNOSIS_RULES[code](result) !== null);
  expect(codes.length).toBeGreaterThan(3);
  expect(codesOf(result)).toEqual(codes.slice(0, 3));
});

it('the page explains every finding in the words of the command', () => {
  const page = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  expect(headings).toEqual([...DIAGNOSIS_CODES]);
  for (const { means, found, helps } of Object.values(MEANINGS))
    for (const text of [means, found, helps]) expect(page).toContain(text.replace(/\.$/, ''));
});
