import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MAX_STEAL_RATIO, describeUnsound, readTrialFacts } from '../gate/compare/choose-trials.ts';
import { sampleRun } from '../gate/compare/run-sample.ts';
import { judge } from '../gate/judge.ts';
import { RESULT_FILE, readResult } from '../result/result-file.ts';
import { RECORDED_RUNS, type RecordedRuns } from './recorded-runs.ts';

const COMMAND = 'chatbench run burst --target embedded --duration 4s --warmup 1s --rate 400';
const SUBJECTS = ['delivery.mean', 'delivery.p50', 'delivery.p95', 'delivery.p99'];

/**
 * Makes the fixture of recorded runs from a directory of runs. To record them, run one after the other, each with a target of its
 * own, and nothing else on the machine; of 300, at least 60 should be sound:
 *
 *     for run in $(seq 300); do
 *       node dist/cli/main.js run burst --target embedded --duration 4s --warmup 1s --rate 400 --out DIRECTORY --quiet --no-report
 *     done
 *     node src/testing/compact-runs.ts DIRECTORY
 *
 * All valid runs are kept, with their steal; sound are those that `run --repeat` would not set aside by default. Nothing else is
 * chosen: what is invalid or disturbed is left out of the sound ones, whatever its latency was.
 */
async function compactRuns(directory: string): Promise<RecordedRuns> {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, RESULT_FILE)))
    .map(({ name }) => name)
    .sort();
  const all = [];
  for (const name of names) {
    const result = await readResult(join(directory, name));
    all.push({ result, facts: readTrialFacts(result, judge(result, result.scenario.thresholds)) });
  }
  const valid = all.filter(({ facts }) => facts.problem === null);
  const sound = valid.filter(({ facts }) => describeUnsound(facts, DEFAULT_MAX_STEAL_RATIO) === null);
  const first = valid[0]?.result;
  if (first === undefined) throw new Error(`${directory}: no valid runs`);
  const { cpu, cores, node, chatbench } = first.environment;
  return {
    machine: `${cpu}, ${cores} cores, Node ${node}, chatbench ${chatbench}`,
    recordedAt: `${first.startedAt} to ${valid.at(-1)!.result.startedAt}`,
    command: COMMAND,
    leftOut: { invalid: all.length - valid.length, steal: valid.length - sound.length },
    runs: valid.map(({ result }) => sampleRun(result, SUBJECTS)),
  };
}

if (import.meta.main) {
  const recorded = await compactRuns(process.argv[2] ?? 'reports');
  const lines = recorded.runs.map((run) => `    ${JSON.stringify(run)}`).join(',\n');
  const { runs: _, ...facts } = recorded;
  const head = JSON.stringify(facts, null, 2).replace(/\n\}$/, '');
  writeFileSync(RECORDED_RUNS, `${head},\n  "runs": [\n${lines}\n  ]\n}\n`);
}
