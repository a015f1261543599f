import type { ExperimentResult } from '../result/experiment-result.ts';
import type { RunResult } from '../result/run-result.ts';

type Target = RunResult['target'];

/** What the targets of all steps have in common: what differs is null, or left out. At least one. Every public host and proxy stays named. */
export function commonTarget(targets: readonly Target[]): ExperimentResult['target'] {
  const first = targets[0]!;
  const common = <Key extends keyof Target>(key: Key) =>
    targets.every((target) => target[key] === first[key]) ? first[key] : null;
  const publicHosts = [...new Set(targets.flatMap((target) => target.publicHosts ?? []))];
  const proxies = [...new Set(targets.flatMap((target) => target.proxies ?? []))];
  return {
    kind: common('kind'),
    topology: common('topology'),
    queueType: common('queueType'),
    gateways: common('gateways'),
    workers: common('workers'),
    components: first.components.filter((component) => targets.every((target) => hasComponent(target, component))),
    ...(publicHosts.length === 0 ? {} : { publicHosts }),
    ...(proxies.length === 0 ? {} : { proxies }),
    ...(targets.some((target) => target.unverified) ? { unverified: true as const } : {}),
  };
}

function hasComponent({ components }: Target, { name, version }: Target['components'][number]): boolean {
  return components.some((component) => component.name === name && component.version === version);
}
