import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseTolerances, type Tolerances } from '../../gate/compare/tolerances.ts';
import { hopWays } from '../../report/hop-rows.ts';
import { comparisonSchema } from '../../report/json/comparison-schema.ts';
import { readRepeatIndex } from '../../result/repeat-index.ts';
import { readResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { STEADY_SCENARIO } from '../../testing/defect-scenario.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { compareStored } from '../series/compare-stored.ts';

const TRIALS = ['--target', 'embedded', '--no-report', '--duration', '1s', '--max-steal', '100%'];

let out: string;
let steady: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-sound-'));
  steady = join(out, 'steady.yaml');
  writeFileSync(steady, STEADY_SCENARIO);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

it('reports no defect in 20 runs of the sound cluster', async () => {
  const base = join(out, 'sound');
  const sound = await runChatbench(['run', steady, ...TRIALS, '--quiet', '--repeat', '20', '--out', base], out);
  expect(sound.stdout.trim().split('\n'), sound.stderr).toEqual(Array.from({ length: 20 }, () => 'pass'));
  expect(sound.code).toBe(0);
  const results = await readAll(base);
  // Every other run against those between: a machine that slows down does the same to both.
  const [even, odd] = [0, 1].map((rest) => results.filter((_, index) => index % 2 === rest));
  const options = { tolerances: parseTolerances('p50=100%') as Tolerances, floorUs: 1_000, force: false };
  const halves = compareStored({ label: 'even', results: even! }, { label: 'odd', results: odd! }, options);
  expect(halves.verdict, halves.reasons.join()).toBe('pass');
});

it('finds the cluster slower with slow-hop, at the hop where it is', async () => {
  const pairs = join(out, 'pairs');
  // In turn: what others do to the machine meanwhile happens to both.
  const sides = ['--base', 'embedded', '--head', '--target embedded --defect slow-hop', '--out', pairs];
  const compared = await runChatbench(
    ['ab', steady, ...TRIALS, ...sides, '--repeat', '5', '--tolerance', 'p50=100%', '--json'],
    out,
  );
  expect(compared.code, compared.stderr).toBe(4);
  const { reasons } = comparisonSchema.parse(JSON.parse(compared.stdout));
  expect(reasons).toEqual([expect.stringMatching(/^delivery\.p50 is worse: .* → .* ms, × [\d.]+ .*, p = [\d.<  ]+/)]);
  const [base, head] = [await readAll(join(pairs, 'base')), await readAll(join(pairs, 'head'))];
  expect(head).toHaveLength(5);
  for (const [index, result] of head.entries()) expect(growthOf(result, base[index]!)).toBe('commit');
});

async function readAll(directory: string): Promise<readonly RunResult[]> {
  const index = await readRepeatIndex(directory);
  return Promise.all(index!.trials.map((trial) => readResult(join(directory, trial.directory))));
}

/** The hop of deliveries whose mean has grown most. */
function growthOf(head: RunResult, base: RunResult): string | undefined {
  const [before, after] = [base, head].map((result) => hopWays(result).find(({ way }) => way === 'delivery')!.rows);
  const growths = after?.map(({ name, values }, index) => ({
    name,
    by: values.meanUs - before![index]!.values.meanUs,
  }));
  return growths?.toSorted((one, other) => other.by - one.by)[0]?.name;
}
