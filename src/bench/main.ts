import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readHostCpu, stolenBetween } from '../sampler/host-cpu.ts';
import { measureArtillery } from './measure-artillery.ts';
import { measureConnections } from './measure-connections.ts';
import { measureGenerator } from './measure-generator.ts';
import { measureMemory } from './measure-memory.ts';
import type { Measurement } from './measurement.ts';
import { renderBenchmarks } from './render-benchmarks.ts';
import { timeOperations } from './time-operations.ts';

/**
 * `npm run bench`: how fast the instrument itself is. Prints a table, writes reports/bench.json, and with `-- --docs` the table
 * in docs/benchmarks.md as well. `-- --no-artillery` leaves the comparison out.
 */
const ROOT = new URL('../../', import.meta.url);

const before = readHostCpu();
const measurements: Measurement[] = [...timeOperations(), ...measureMemory()];
const generator = await measureGenerator();
measurements.push(...generator, ...(await measureConnections()));
if (!process.argv.includes('--no-artillery')) measurements.push(...(await measureArtillery(generator[0]!.value)));

const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
const after = readHostCpu();
const stealRatio = before === null || after === null ? null : stolenBetween(before, after);
const benchmarks = { measuredAt: new Date().toISOString(), machine, stealRatio, measurements };
mkdirSync(new URL('reports/', ROOT), { recursive: true });
writeFileSync(new URL('reports/bench.json', ROOT), `${JSON.stringify(benchmarks, null, 2)}\n`);
const table = renderBenchmarks(benchmarks);
process.stdout.write(table);
if (process.argv.includes('--docs')) writeFileSync(fileURLToPath(new URL('docs/benchmarks.md', ROOT)), table);
