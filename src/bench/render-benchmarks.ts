import type { Measurement } from './measurement.ts';

export interface Benchmarks {
  readonly measuredAt: string;
  readonly machine: string;
  readonly measurements: readonly Measurement[];
}

/** The benchmarks as a Markdown page. */
export function renderBenchmarks({ measuredAt, machine, measurements }: Benchmarks): string {
  return [
    '# How fast the instrument is',
    '',
    'Written by `npm run bench -- --docs`; the echo server that it drives runs on the same cores.',
    '',
    `Measured on ${measuredAt.slice(0, 10)}: ${machine}.`,
    '',
    '| what | figure | with |',
    '|---|---:|---|',
    ...measurements.map(({ name, value, unit, note }) => `| ${name} | ${formatValue(value)} ${unit} | ${note} |`),
    '',
  ].join('\n');
}

function formatValue(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
