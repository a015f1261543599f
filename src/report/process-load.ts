import type { RunResult } from '../result/run-result.ts';

/** A process, and how much of a core it used on average over measure. */
export interface ProcessLoad {
  readonly name: string;
  readonly cpuRatio: number;
}

/** Below it, the memory that a connection costs drowns in what a process does besides. */
const CONNECTIONS_FOR_MEMORY = 100;

/** The target's processes, the busiest first; none where they could not be seen. */
export function targetLoads({ processes, phases }: RunResult): readonly ProcessLoad[] {
  const { warmupEndUs, measureEndUs } = phases;
  return (processes ?? [])
    .filter(({ name }) => !isGenerator(name))
    .flatMap(({ name, atUs, cpuRatio }) => {
      // A sample tells of the second before it.
      const measured = cpuRatio.filter(
        (_, index) => atUs[index]! > warmupEndUs && atUs[index]! <= measureEndUs + 500_000,
      );
      const known = measured.filter((ratio) => ratio !== null);
      return known.length === 0 ? [] : [{ name, cpuRatio: known.reduce((sum, ratio) => sum + ratio) / known.length }];
    })
    .sort((one, other) => other.cpuRatio - one.cpuRatio);
}

export interface ConnectionMemory {
  readonly bytes: number;
  /** Whose memory it is: of the gateways alone, or of the one process that is the whole target. */
  readonly of: 'gateways' | 'target';
}

/**
 * Resident growth from before clients connect to the start of measure, divided by the connections opened. Null below a hundred
 * connections, without growth, and where the processes could not be seen.
 */
export function memoryPerConnection({ processes, phases, samples }: RunResult): ConnectionMemory | null {
  const gateways = (processes ?? []).filter(({ name }) => name.startsWith('gateway-'));
  const held = gateways.length > 0 ? gateways : (processes ?? []).filter(({ name }) => name === 'embedded');
  const { opened } = samples.connections;
  if (held.length === 0 || opened < CONNECTIONS_FOR_MEMORY) return null;
  let growth = 0;
  for (const { atUs, residentBytes } of held) {
    const before = residentBytes[0];
    const after = residentBytes[atUs.findLastIndex((us) => us <= phases.warmupEndUs)];
    if (before == null || after == null || (atUs[0] ?? 0) >= 0) return null;
    growth += after - before;
  }
  return growth <= 0 ? null : { bytes: growth / opened, of: gateways.length > 0 ? 'gateways' : 'target' };
}

/** A shard of chatbench itself, which shares the machine. */
function isGenerator(name: string): boolean {
  return name.startsWith('generator-');
}
