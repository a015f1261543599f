import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readHostCpu, stolenBetween } from '../sampler/host-cpu.ts';
import { measureAgents } from './measure-agents.ts';
import { measureArtillery } from './measure-artillery.ts';
import { measureConnections } from './measure-connections.ts';
import { measureGenerator } from './measure-generator.ts';
import { measureMemory } from './measure-memory.ts';
import { measureObservations } from './measure-observations.ts';
import type { Measurement } from './measurement.ts';
import { readBenchOptions } from './read-bench-options.ts';
import { renderBenchmarks } from './render-benchmarks.ts';
import { timeOperations } from './time-operations.ts';

/**
 * `npm run bench`: how fast the instrument itself is. Prints a table, writes reports/bench.json, and with `-- --docs` the table
 * in docs/benchmarks.md as well. `-- --no-artillery` leaves the comparison out, `-- --only-agents` all but what agents cost.
 */
const ROOT = new URL('../../', import.meta.url);

const options = readBenchOptions(process.argv.slice(2));
if ('text' in options) {
  (options.exitCode === 0 ? process.stdout : process.stderr).write(`${options.text}\n`);
  process.exit(options.exitCode);
}

const before = readHostCpu();
const measurements: readonly Measurement[] = options.onlyAgents
  ? measureAgents()
  : await measureAll(options.withArtillery);

const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
const after = readHostCpu();
const stealRatio = before === null || after === null ? null : stolenBetween(before, after);
const benchmarks = { measuredAt: new Date().toISOString(), machine, stealRatio, measurements };
mkdirSync(new URL('reports/', ROOT), { recursive: true });
writeFileSync(new URL('reports/bench.json', ROOT), `${JSON.stringify(benchmarks, null, 2)}\n`);
const table = renderBenchmarks(benchmarks);
process.stdout.write(table);
if (options.withDocs) writeFileSync(fileURLToPath(new URL('docs/benchmarks.md', ROOT)), table);

async function measureAll(withArtillery: boolean): Promise<readonly Measurement[]> {
  const alone = [...timeOperations(), ...measureMemory(), ...measureAgents()];
  const generator = await measureGenerator();
  const connections = [...(await measureConnections()), ...(await measureObservations())];
  const artillery = withArtillery ? await measureArtillery(generator[0]!.value) : [];
  return [...alone, ...generator, ...connections, ...artillery];
}
