import type { RunResult } from '../../result/run-result.ts';
import { listKeyDifferences } from './list-key-differences.ts';

/** What has to be equal for two runs to be comparable: part → its value as text. */
export type Fingerprint = Readonly<Record<FingerprintPart, string>>;

const PARTS = ['machine', 'scenario', 'target', 'chatbench'] as const;
export type FingerprintPart = (typeof PARTS)[number];

/** Of a scenario what does not change what is done to a target. All else has to be equal, keys included that are yet to come. */
const NO_LOAD = [
  'name',
  'question',
  'thresholds',
  'aborts',
  'exits',
  'latenessBudgetUs',
  'experiment',
  'target',
  'observe',
] as const satisfies readonly (keyof RunResult['scenario'])[];

/**
 * Of a target's settings, those recorded elsewhere (what ran, not what was asked for), and the defect: comparing a cluster that has
 * one with a sound one is how the gate itself is tried.
 */
const NO_SETTING = [
  'kind',
  'url',
  'topology',
  'gateways',
  'workers',
  'defect',
] as const satisfies readonly (keyof RunResult['scenario']['target'])[];

/** Machine, scenario (all that makes its load), settings and composition of the target, and version of chatbench. */
export function fingerprintOf({ environment, scenario, target }: RunResult): Fingerprint {
  const { cpu, cores, memoryBytes, os, node } = environment;
  const components = target.components.map(({ name, version }) => `${name} ${version}`);
  const settings = without(scenario.target, NO_SETTING).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return {
    machine: `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 1e9)} GB, ${os}, node ${node}`,
    scenario: JSON.stringify(Object.fromEntries(without(scenario, NO_LOAD))),
    target: `${target.kind} ${scenario.target.url ?? ''} ${target.topology}, ${settings.join(', ')}, ${target.gateways} gateways, ${target.workers} workers: ${components.sort().join(', ')}`,
    chatbench: environment.chatbench,
  };
}

/** Sorted by name: a result that was read has its keys in another order than one that was just made. */
function without(whole: object, names: readonly string[]): readonly (readonly [string, unknown])[] {
  return Object.entries(whole)
    .filter(([name]) => !names.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** One line for each part that differs, of the scenario for each key; empty for equal fingerprints. */
export function describeDifferences(
  base: Fingerprint,
  head: Fingerprint,
  parts: readonly FingerprintPart[] = PARTS,
): readonly string[] {
  return parts.flatMap((part) => {
    if (base[part] === head[part]) return [];
    if (part === 'scenario') return listKeyDifferences('', JSON.parse(base[part]), JSON.parse(head[part]));
    return [`${part}: ${base[part]} ≠ ${head[part]}`];
  });
}
