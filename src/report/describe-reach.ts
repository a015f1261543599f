import type { RunResult } from '../result/run-result.ts';

/**
 * How far the load went: hosts beyond this machine and its private networks, and on whose word, and the proxies in between, which are
 * part of every figure. No summary leaves it out. Empty where there is nothing to tell.
 */
export function describeReach({ publicHosts = [], proxies = [] }: Reach): readonly string[] {
  return [
    ...(publicHosts.length === 0
      ? []
      : [`public ${publicHosts.length === 1 ? 'host' : 'hosts'} ${publicHosts.join(', ')}, named by --allow-target`]),
    ...(proxies.length === 0
      ? []
      : [`through the ${proxies.length === 1 ? 'proxy' : 'proxies'} ${proxies.join(', ')}`]),
  ];
}

type Reach = Pick<RunResult['target'], 'publicHosts' | 'proxies'>;
