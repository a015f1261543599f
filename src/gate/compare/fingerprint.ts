import type { RunResult } from '../../result/run-result.ts';

/** What has to be equal for two runs to be comparable: part → its value as text. */
export type Fingerprint = Readonly<Record<FingerprintPart, string>>;

const PARTS = ['machine', 'scenario', 'target', 'chatbench'] as const;
export type FingerprintPart = (typeof PARTS)[number];

/** Machine, scenario (its load, not its name or its thresholds), composition of the target, and version of chatbench. */
export function fingerprintOf({ environment, scenario, target }: RunResult): Fingerprint {
  const { cpu, cores, memoryBytes, os, node } = environment;
  const { protocol, population, load, traffic, phases, timeouts, seed } = scenario;
  const components = target.components.map(({ name, version }) => `${name} ${version}`);
  return {
    machine: `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 1e9)} GB, ${os}, node ${node}`,
    scenario: JSON.stringify({ protocol, population, load, traffic, phases, timeouts, seed }),
    target: `${target.kind} ${scenario.target.url ?? ''} ${target.topology}, ${target.gateways} gateways, ${target.workers} workers: ${components.sort().join(', ')}`,
    chatbench: environment.chatbench,
  };
}

/** One line for each part that differs; empty for equal fingerprints. */
export function describeDifferences(
  base: Fingerprint,
  head: Fingerprint,
  parts: readonly FingerprintPart[] = PARTS,
): readonly string[] {
  return parts.flatMap((part) => {
    if (base[part] === head[part]) return [];
    if (part === 'scenario') return [`scenario: ${describeScenarioDifference(base[part], head[part])}`];
    return [`${part}: ${base[part]} ≠ ${head[part]}`];
  });
}

function describeScenarioDifference(base: string, head: string): string {
  const [from, to] = [JSON.parse(base), JSON.parse(head)] as Record<string, unknown>[];
  const keys = Object.keys({ ...from, ...to }).filter(
    (key) => JSON.stringify(from?.[key]) !== JSON.stringify(to?.[key]),
  );
  return `${keys.join(', ')} differ`;
}
