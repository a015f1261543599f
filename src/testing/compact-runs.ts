import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assessValidity } from '../gate/assess-validity.ts';
import { sampleRun } from '../gate/compare/run-sample.ts';
import { RESULT_FILE, readResult } from '../result/result-file.ts';
import { RECORDED_RUNS, type RecordedRuns } from './recorded-runs.ts';

/** Tighter than the scenario's 50 ms: what disturbs the generator disturbs the target. */
const LATENESS_BUDGET_US = 3000;

/**
 * Makes the fixture of recorded runs from a directory of runs: `node src/testing/compact-runs.ts DIRECTORY`. To record them, run
 * one after the other on a quiet machine, each with a target of its own:
 *
 *     chatbench run burst --target embedded --duration 4s --warmup 1s --rate 400 --out DIRECTORY
 *
 * Runs that are invalid with a lateness budget of 3 ms are left out, whatever their other latencies: somebody else was using the
 * machine.
 */
async function compactRuns(directory: string): Promise<RecordedRuns> {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, RESULT_FILE)))
    .map(({ name }) => name)
    .sort();
  const all = [];
  for (const name of names) all.push(await readResult(join(directory, name)));
  const results = all
    .map((result) => ({ ...result, scenario: { ...result.scenario, latenessBudgetUs: LATENESS_BUDGET_US } }))
    .filter((result) => assessValidity(result).every(({ spoils }) => !spoils));
  const first = results[0];
  if (first === undefined) throw new Error(`${directory}: no runs`);
  const { cpu, cores, node, chatbench } = first.environment;
  return {
    machine: `${cpu}, ${cores} cores, Node ${node}, chatbench ${chatbench}`,
    recordedAt: `${first.startedAt} to ${results.at(-1)!.startedAt}`,
    leftOut: all.length - results.length,
    command: `chatbench run burst --target embedded --duration 4s --warmup 1s --rate 400, from 17:42 on by chrt -r 1`,
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
