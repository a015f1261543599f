import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { memoryPerConnection, targetLoads } from './process-load.ts';

const healthy = buildResultFixture();

function opened(count: number, processes: RunResult['processes']): RunResult {
  const connections = { ...healthy.samples.connections, opened: count };
  return { ...healthy, processes, samples: { ...healthy.samples, connections } };
}

const atUs = [-2_000_000, -500_000, 2_900_000, 3_100_000];
const gateway = (name: string, residentBytes: (number | null)[]) => ({
  name,
  atUs,
  cpuRatio: [null, 1, 1, 1],
  residentBytes,
});

describe('the load of the processes', () => {
  it('names the busiest of the target first, over measure alone', () => {
    const processes = [
      { name: 'redis', atUs: [2_000_000, 4_000_000, 40_000_000], cpuRatio: [0.9, 0.1, 0.9], residentBytes: [1, 1, 1] },
      { name: 'rabbitmq', atUs: [4_000_000, 5_000_000], cpuRatio: [0.4, 0.6], residentBytes: [1, 1] },
      { name: 'gone', atUs: [4_000_000], cpuRatio: [null], residentBytes: [null] },
      { name: 'generator-1', atUs: [4_000_000], cpuRatio: [0.99], residentBytes: [1] },
    ];
    expect(targetLoads(opened(50, processes))).toEqual([
      { name: 'rabbitmq', cpuRatio: 0.5 },
      { name: 'redis', cpuRatio: 0.1 },
    ]);
    expect(targetLoads(opened(50, null))).toEqual([]);
  });

  it('divides what the gateways grew by while clients connected by the connections', () => {
    const both = [gateway('gateway-1', [50e6, 60e6, 61e6, 90e6]), gateway('gateway-2', [50e6, 60e6, 59e6, 90e6])];
    expect(memoryPerConnection(opened(1000, both))).toEqual({ bytes: 20_000, of: 'gateways' });
    expect(memoryPerConnection(opened(1000, [gateway('embedded', [50e6, 0, 90e6, 0])]))).toEqual({
      bytes: 40_000,
      of: 'target',
    });
  });

  it('is silent where the figure would mislead', () => {
    const grown = [gateway('gateway-1', [50e6, 60e6, 61e6, 90e6])];
    expect(memoryPerConnection(opened(99, grown))).toBeNull();
    expect(memoryPerConnection(opened(1000, [gateway('gateway-1', [60e6, 60e6, 50e6, 90e6])]))).toBeNull();
    expect(memoryPerConnection(opened(1000, [gateway('gateway-1', [60e6, 60e6, null, null])]))).toBeNull();
    expect(memoryPerConnection(opened(1000, [gateway('redis', [50e6, 60e6, 61e6, 90e6])]))).toBeNull();
  });
});
