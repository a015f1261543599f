import { formatShare } from '../quantities.ts';
import type { Measurement } from './measurement.ts';

export interface Benchmarks {
  readonly measuredAt: string;
  readonly machine: string;
  /** Share of the CPU that the hypervisor gave to others meanwhile, 0–1; null where the machine cannot tell. */
  readonly stealRatio: number | null;
  readonly measurements: readonly Measurement[];
}

/** The benchmarks as a Markdown page. */
export function renderBenchmarks({ measuredAt, machine, stealRatio, measurements }: Benchmarks): string {
  return [
    '# How fast the instrument is',
    '',
    'Written by `npm run bench -- --docs`; the echo server that it drives runs on the same cores.',
    '',
    `Measured on ${measuredAt.slice(0, 10)}: ${machine}.${tellSteal(stealRatio)}`,
    '',
    '| what | figure | with |',
    '|---|---:|---|',
    ...measurements.map(
      ({ name, value, unit, note }) =>
        `| ${name} | ${value === null ? 'no data' : `${formatValue(value)} ${unit}`} | ${note} |`,
    ),
    '',
  ].join('\n');
}

function tellSteal(ratio: number | null): string {
  return ratio === null ? '' : ` Of its CPU the hypervisor gave ${formatShare(ratio)} to others meanwhile.`;
}

function formatValue(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
