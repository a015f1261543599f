import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomUnit } from '../../random.ts';
import { type RunResult, runResult } from '../../result/run-result.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../../testing/small-result.ts';
import { drifting } from '../rules/drifting.ts';
import type { Drift } from './drift.ts';
import { measureDrift } from './measure-drift.ts';

const WARMUP = 10;
const MEGABYTE = 1_000_000;

/** What a run of so many seconds tells at each of them, from the start of measure. */
interface Course {
  readonly latencyUs?: (second: number) => number;
  readonly depth?: (second: number) => number;
  readonly bytes?: (second: number) => number;
  readonly connections?: (second: number) => number;
}

const encoded = new Map<number, string>();

/** Encoding costs milliseconds, and most seconds are alike. */
function encodeOnce(us: number): string {
  const known = encoded.get(us) ?? encodeValues([us]);
  encoded.set(us, known);
  return known;
}

function soak(seconds: number, course: Course, parts: SmallResultParts = {}): RunResult {
  const { latencyUs = () => 5_000, depth = () => 3, bytes = () => 80 * MEGABYTE, connections = () => 40 } = course;
  const base = smallResult();
  const all = Array.from({ length: seconds + WARMUP }, (_, second) => second);
  const atUs = all.map((second) => second * 1_000_000);
  const at = (of: (second: number) => number) => all.map((second) => Math.round(of(second - WARMUP)));
  const durationUs = seconds * 1_000_000;
  return smallResult({
    ...parts,
    scenario: {
      load: { ...base.scenario.load, stages: [{ fromPerSecond: 50, toPerSecond: 50, durationUs }] },
      ...parts.scenario,
    },
    samples: {
      intervals: all.map((second) => ({
        ...base.samples.intervals[0]!,
        second,
        delivery: encodeOnce(Math.round(latencyUs(second - WARMUP))),
      })),
    },
    run: {
      phases: {
        warmupEndUs: WARMUP * 1_000_000,
        measureEndUs: WARMUP * 1_000_000 + durationUs,
        drainEndUs: (WARMUP + 1) * 1_000_000 + durationUs,
      },
      queue: { source: 'amqp', intervalMs: 1_000, gaps: 0, atUs, ready: at(depth), inFlight: atUs.map(() => 0) },
      processes: [
        { name: 'worker-1', atUs, cpuRatio: atUs.map(() => 0.2), residentBytes: at(bytes) },
        { name: 'generator-1', atUs, cpuRatio: atUs.map(() => 0.2), residentBytes: at((s) => s * MEGABYTE) },
      ],
      gatewaySeries: { atUs, gateways: [{ name: 'gateway-1', connections: at(connections) }] },
      environment: { ...base.environment, memoryBytes: 8_000 * MEGABYTE },
      ...parts.run,
    },
  });
}

const find = (result: RunResult, name: string): Drift => measureDrift(result).find((drift) => drift.name === name)!;
const noise = (stream: number) => (second: number) => randomUnit(3, stream, second + WARMUP) - 0.5;

describe('drift over a run of 10 min', () => {
  const wobble = noise(1);
  // 50 MB from the start, 60 MB an hour; a queue that only wobbles; 400 connections, 360 an hour fewer.
  const result = soak(600, {
    // In steps of 0.1 ms.
    latencyUs: (s) => 100 * Math.round(200 + (300 * s) / 3600 + 40 * wobble(s)),
    depth: (s) => 4 + 3 * wobble(s),
    bytes: (s) => 50 * MEGABYTE + (60 * MEGABYTE * s) / 3600 + 2 * MEGABYTE * wobble(s),
    connections: (s) => 400 - Math.floor((360 * s) / 3600),
  });

  it('is the slope that was put in, within its interval', () => {
    const latency = find(result, 'delivery.p95');
    expect(latency.perHour / 30_000).toBeCloseTo(1, 1);
    expect(latency.lowPerHour).toBeLessThan(30_000);
    expect(latency.highPerHour).toBeGreaterThan(30_000);
    const memory = find(result, 'worker-1');
    expect(memory.perHour / MEGABYTE / 60).toBeCloseTo(1, 1);
    expect(memory.from / MEGABYTE).toBeCloseTo(50, 0);
    expect(memory.to / MEGABYTE).toBeCloseTo(60, 0);
    expect(find(result, 'connections').perHour / -360).toBeCloseTo(1, 1);
  });

  it('is told of what does, and of nothing else', () => {
    const drifts = measureDrift(result).filter((drift) => drift.drifts);
    expect(drifts.map(({ name }) => name)).toEqual(['delivery.p50', 'delivery.p95', 'connections', 'worker-1']);
    expect(measureDrift(result).map(({ name }) => name)).not.toContain('generator-1');
  });

  it('says which process leaks, and when the machine is full', () => {
    const { limit } = find(result, 'worker-1');
    expect(limit?.name).toBe('the memory of this machine');
    // (8000 − 60) MB / 60 MB an hour.
    expect(limit?.inHours).toBeGreaterThan(115);
    expect(limit?.inHours).toBeLessThan(150);
    expect(limit?.earliestHours).toBeLessThan(132.4);
    expect(limit?.latestHours).toBeGreaterThan(132.2);
    expect(drifting(result)?.text).toContain('worker-1 leaks: +');
  });
});

it('meets a threshold when the line does', () => {
  const thresholds = ['delivery.p95 < 50ms for every 1m', 'delivery.p95 > 1ms', 'lost == 0'];
  const result = soak(
    600,
    { latencyUs: (s) => 100 * Math.round(200 + (300 * s) / 3600) },
    { scenario: { thresholds } },
  );
  const withStages = { ...result, scenario: { ...result.scenario, load: soak(600, {}).scenario.load } };
  const { limit } = find(withStages, 'delivery.p95');
  expect(limit?.name).toBe(thresholds[0]);
  // At the end of measure it is 25 ms: 25 ms more at 30 ms an hour.
  expect(limit?.inHours).toBeCloseTo(5 / 6, 1);
});

it.each([
  ['noise', (s: number) => 80 * MEGABYTE + 20 * MEGABYTE * noise(2)(s)],
  [
    'what a process takes once, while it warms up',
    (s: number) => 80 * MEGABYTE + 40 * MEGABYTE * Math.min(1, (s + 10) / 300),
  ],
  ['a saw that a garbage collector makes', (s: number) => 80 * MEGABYTE + 2 * MEGABYTE * (s % 37)],
  ['a drift that comes to next to nothing', (s: number) => 80 * MEGABYTE + 1_000 * s],
])('%s is no leak', (_, bytes) => {
  expect(find(soak(600, { bytes }), 'worker-1').drifts).toBe(false);
});

it('leaks through the saw of a garbage collector are seen', () => {
  const bytes = (s: number) => 80 * MEGABYTE + 2 * MEGABYTE * (s % 37) + (1_000 * MEGABYTE * s) / 3600;
  const found = find(soak(600, { bytes }), 'worker-1');
  expect(found.drifts).toBe(true);
  expect(found.perHour / MEGABYTE / 1_000).toBeCloseTo(1, 0);
});

it('nothing is said of a run of less than a minute, or whose load changes, or in which something was broken', () => {
  const course = { bytes: (s: number) => 80 * MEGABYTE + s * MEGABYTE };
  expect(measureDrift(soak(59, course))).toEqual([]);
  expect(measureDrift(soak(60, course)).length).toBeGreaterThan(0);
  const { load } = soak(600, {}).scenario;
  const stages = [{ fromPerSecond: 50, toPerSecond: 80, durationUs: 600_000_000 }];
  expect(measureDrift(soak(600, course, { scenario: { load: { ...load, stages } } }))).toEqual([]);
});

it('of real runs, the one that kept 10 kB a message leaks, the other does not', () => {
  const read = (name: string) =>
    runResult.parse(
      JSON.parse(readFileSync(new URL(`../../testing/diagnosed-runs/${name}.json`, import.meta.url), 'utf8')),
    );
  const leak = find(read('slow-leak'), 'chat.js');
  expect(leak.drifts).toBe(true);
  // 60 messages a second for an hour.
  expect(leak.perHour / (60 * 10_000 * 3_600)).toBeGreaterThan(0.8);
  expect(leak.perHour / (60 * 10_000 * 3_600)).toBeLessThan(1.25);
  expect(drifting(read('slow-leak'))?.text).toContain('chat.js leaks');
  expect(drifting(read('steady'))).toBeNull();
});
