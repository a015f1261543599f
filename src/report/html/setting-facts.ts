import { formatBytes, formatCores, formatShare } from '../../quantities.ts';
import type { ExperimentResult } from '../../result/experiment-result.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Fact } from './report-data.ts';

const KINDS = {
  embedded: 'embedded (in-process, no real broker)',
  local: 'local',
  compose: 'compose',
  external: 'external',
  several: 'differs from step to step',
} as const;

/**
 * What was driven, with the versions of its parts. Of several targets: what they have in common.
 *
 * @param url  the address of a server that is not ours
 */
export function targetFacts(target: ExperimentResult['target'], url: string | null): readonly Fact[] {
  const optional = (name: string, value: string | number | null): readonly Fact[] =>
    value === null ? [] : [{ name, value: String(value) }];
  return [
    { name: 'Kind', value: KINDS[target.kind ?? 'several'] },
    ...optional('Address', url),
    ...optional('Public host', target.publicHosts?.join(', ') ?? null),
    ...optional('Proxy', target.proxies?.join(', ') ?? null),
    ...optional('Certificate', target.unverified ? 'not verified (--insecure)' : null),
    ...optional('Topology', target.topology),
    ...optional('Queues', target.queueType),
    ...optional('Gateways', target.gateways),
    ...optional('Workers', target.workers),
    ...target.components.map(({ name, version }) => ({ name, value: version })),
  ];
}

/** The machine that it ran on; `host`: what it had to itself of its CPU time, where a single run was measured. */
export function environmentFacts(environment: RunResult['environment'], host?: RunResult['host']): readonly Fact[] {
  const stealRatio = host?.stealRatio ?? null;
  return [
    { name: 'chatbench', value: environment.chatbench },
    { name: 'Node', value: environment.node },
    { name: 'System', value: environment.os },
    { name: 'CPU', value: `${environment.cpu}, ${formatCores(environment)}` },
    { name: 'Memory', value: formatBytes(environment.memoryBytes) },
    ...(stealRatio === null
      ? []
      : [{ name: 'Taken by the hypervisor', value: `${formatShare(stealRatio)} of the CPU time` }]),
  ];
}
