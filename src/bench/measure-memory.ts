import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './measurement.ts';

/** Peak memory of a process that records 1 and 10 million messages: equal, where memory follows what is in flight. */
export function measureMemory(): readonly Measurement[] {
  const entry = fileURLToPath(new URL('./ledger-memory-process.js', import.meta.url));
  return [1_000_000, 10_000_000].map((messages) => ({
    name: `peak memory, ${messages / 1e6} million messages`,
    value: Number(execFileSync(process.execPath, [entry, String(messages)], { encoding: 'utf8' })) / 1e6,
    unit: 'MB',
    note: 'whole process; histograms, ledger and series on; 1,000 in flight',
  }));
}
