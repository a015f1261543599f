import { formatBytes } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import { type Growth, measureGrowth } from '../growth.ts';

const LEAST_BYTES = 50_000_000;
const LEAST_RATIO = 0.3;
const LEAST_FIT = 0.8;

/** A process, or a store, that held ever more: by 30 % and 50 MB at the least, along a line. */
export function memoryGrowing(result: RunResult): Finding {
  const { observed = [], processes, phases } = result;
  const columns = [
    ...observed
      .filter(({ unit }) => unit === 'bytes')
      .map(({ name, atUs, values }) => ({ name: name.replace(/\.memory$/, ''), atUs, values })),
    ...(processes ?? [])
      .filter(({ name }) => !name.startsWith('generator-'))
      .map(({ name, atUs, residentBytes }) => ({ name, atUs, values: residentBytes })),
  ];
  const [most] = columns
    .flatMap(({ name, ...series }): { name: string; growth: Growth }[] => {
      const growth = measureGrowth(series, phases.warmupEndUs, phases.measureEndUs);
      return growth === null ? [] : [{ name, growth }];
    })
    .filter(({ growth: { from, to, fit } }) => {
      return to - from >= LEAST_BYTES && to - from >= LEAST_RATIO * from && fit >= LEAST_FIT;
    })
    .sort((one, other) => other.growth.perSecond - one.growth.perSecond);
  if (most === undefined) return null;
  const { name, growth } = most;
  return {
    text: `${name} holds ever more memory: ${formatBytes(growth.from)} when measure began, ${formatBytes(growth.to)} at its end, ${formatBytes(growth.perSecond)} more every second.`,
    evidence: { fromBytes: growth.from, toBytes: growth.to, bytesPerSecond: growth.perSecond },
  };
}
