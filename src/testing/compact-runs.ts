import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleRun } from '../gate/compare/run-sample.ts';
import { readResult } from '../result/result-file.ts';
import { RECORDED_RUNS, type RecordedRuns } from './recorded-runs.ts';

/**
 * Makes the fixture of recorded runs from a directory of runs: `node src/testing/compact-runs.ts DIRECTORY`. To record them, run
 * one after the other on a quiet machine, each with a target of its own:
 *
 *     chatbench run burst --target embedded --duration 4s --warmup 1s --rate 400 --out DIRECTORY
 */
async function compactRuns(directory: string): Promise<RecordedRuns> {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const results = [];
  for (const name of names) results.push(await readResult(join(directory, name)));
  const first = results[0];
  if (first === undefined) throw new Error(`${directory}: no runs`);
  const { cpu, cores, node, chatbench } = first.environment;
  return {
    machine: `${cpu}, ${cores} cores, Node ${node}, chatbench ${chatbench}`,
    recordedAt: `${first.startedAt} to ${results.at(-1)!.startedAt}`,
    command: `chatbench run burst --target embedded --duration 4s --warmup 1s --rate 400`,
    runs: results.map((result) => sampleRun(result, ['delivery.mean', 'delivery.p50', 'delivery.p95', 'delivery.p99'])),
  };
}

if (import.meta.main) {
  const recorded = await compactRuns(process.argv[2] ?? 'reports');
  const lines = recorded.runs.map((run) => `    ${JSON.stringify(run)}`).join(',\n');
  const { runs: _, ...facts } = recorded;
  const head = JSON.stringify(facts, null, 2).replace(/\n\}$/, '');
  writeFileSync(RECORDED_RUNS, `${head},\n  "runs": [\n${lines}\n  ]\n}\n`);
}
