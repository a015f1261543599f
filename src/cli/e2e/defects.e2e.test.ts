import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseTolerances, type Tolerances } from '../../gate/compare/tolerances.ts';
import { hopWays } from '../../report/hop-rows.ts';
import { comparisonSchema } from '../../report/json/comparison-schema.ts';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { readRepeatIndex } from '../../result/repeat-index.ts';
import { readResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { compareStored } from '../series/compare-stored.ts';

/** Whatever is wrong breaks one of these, and should break no other. Patient with a busy machine: what is tested is not speed. */
const SCENARIO = `
question: Which of these does not hold?
clients: 40
rooms: { size: 2 }
warmup: 0s
drain: 2s
lateness-budget: 30s
thresholds:
  - delivery.p50 < 30s
  - lost == 0
  - duplicated == 0
  - reordered == 0
  - misrouted == 0
  - rejected == 0
  - rooms.left == 0
`;

/** Late in the load: what is lost with a worker that hardly gets to run must not be half of all. */
const KILLED = `
rate: 500/s
duration: 2400ms
reconnect: off
faults: [{ at: 1800ms, kill: worker-1 }]
`;

/** Bursts of 0.6 s, 1.3 s apart: wherever the first one lies, one of three has an edge of the clock's seconds in its midst. */
const LIMITED = `
name: limited
question: Does the limiter keep its promise?
clients: 10
rooms: { size: 2, choice: in-turn }
target: { rate-limit: 10/s }
stages:
  - { hold: 1000/s, for: 600ms }
  - { hold: 0/s, for: 700ms }
  - { hold: 1000/s, for: 600ms }
  - { hold: 0/s, for: 700ms }
  - { hold: 1000/s, for: 600ms }
warmup: 0s
drain: 2s
lateness-budget: 30s
thresholds: [ limiter.admitted.max <= 10, rejected > 0, lost == 0 ]
`;

let out: string;
let steady: string;
let killed: string;
let limited: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-defects-'));
  steady = join(out, 'steady.yaml');
  killed = join(out, 'killed.yaml');
  limited = join(out, 'limited.yaml');
  writeFileSync(limited, LIMITED);
  writeFileSync(steady, `name: steady${SCENARIO}rate: 1000/s\nduration: 1200ms\n`);
  writeFileSync(killed, `name: killed${SCENARIO}${KILLED}`);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const FLAGS = ['--target', 'embedded', '--no-report'];

it.each([
  ['own-copy', 'duplicated == 0'],
  ['late-subscribe', 'lost == 0'],
  ['swallowed-errors', 'lost == 0'],
  ['tail-retry', 'reordered == 0'],
  ['no-room-check', 'misrouted == 0'],
  ['leaky-rooms', 'rooms.left == 0'],
])('catches %s as a breach of %s, and of nothing else', async (defect, broken) => {
  const { code, breaches, messages } = await run(steady, '--defect', defect);
  expect({ code, breaches }).toEqual({ code: 4, breaches: [broken] });
  // Whatever was done to a message, its sender was told that all is well.
  expect(messages).toMatchObject({ sent: 1_200, acked: 1_200 });
});

it('catches early-ack when a worker dies: what was acknowledged to the queue and not processed is lost', async () => {
  const spoilt = await run(killed, '--defect', 'early-ack');
  expect(spoilt).toMatchObject({ code: 4, breaches: ['lost == 0'] });
  expect(spoilt.messages).toMatchObject({ sent: 1_200, acked: 1_200 });
  const sound = await run(killed);
  expect(sound.breaches).not.toContain('lost == 0');
});

it.each([
  ['tail-retry', 'reordered == 0', () => steady],
  ['early-ack', 'lost == 0', () => killed],
] as const)('catches %s of a queue in RabbitMQ as a breach of %s, and of nothing else', async (defect, broken, of) => {
  const { code, breaches, messages } = await run(of(), '--target', 'local', '--defect', defect);
  expect({ code, breaches }).toEqual({ code: 4, breaches: [broken] });
  expect(messages).toMatchObject({ sent: 1_200, acked: 1_200 });
});

it('catches fixed-window-edge as more messages within a second than were promised', async () => {
  expect(await run(limited, '--defect', 'fixed-window-edge')).toMatchObject({
    code: 4,
    breaches: ['limiter.admitted.max <= 10'],
  });
  expect(await run(limited)).toMatchObject({ code: 0, breaches: [] });
});

it('reports none of it in 20 runs of the sound cluster, and finds it slower with slow-hop, at the hop where it is', async () => {
  const [base, pairs] = [join(out, 'sound'), join(out, 'pairs')];
  const trials = [steady, ...FLAGS, '--duration', '1s', '--max-steal', '100%'];
  const sound = await runChatbench(['run', ...trials, '--quiet', '--repeat', '20', '--out', base], out);
  expect(sound.stdout.trim().split('\n'), sound.stderr).toEqual(Array.from({ length: 20 }, () => 'pass'));
  expect(sound.code).toBe(0);
  const results = await readAll(base);
  // Every other run against those between: a machine that slows down does the same to both.
  const [even, odd] = [0, 1].map((rest) => results.filter((_, index) => index % 2 === rest));
  const options = { tolerances: parseTolerances('p50=100%') as Tolerances, floorUs: 1_000, force: false };
  const halves = compareStored({ label: 'even', results: even! }, { label: 'odd', results: odd! }, options);
  expect(halves.verdict, halves.reasons.join()).toBe('pass');

  // In turn: what others do to the machine meanwhile happens to both.
  const sides = ['--base', 'embedded', '--head', '--target embedded --defect slow-hop', '--out', pairs];
  const compared = await runChatbench(
    ['ab', ...trials, ...sides, '--repeat', '5', '--tolerance', 'p50=100%', '--json'],
    out,
  );
  expect(compared.code, compared.stderr).toBe(4);
  const { reasons } = comparisonSchema.parse(JSON.parse(compared.stdout));
  expect(reasons).toEqual([expect.stringMatching(/^delivery\.p50 is worse: .* → .* ms, × [\d.]+ .*, p = [\d.<  ]+/)]);
  for (const result of await readAll(join(pairs, 'head'))) expect(growthOf(result, results[0]!)).toBe('commit');
});

it('names the defect in the result, so that nobody takes it for the cluster', async () => {
  const { warnings } = await run(steady, '--defect', 'own-copy', '--rate', '100');
  expect(warnings).toContain('target-defect');
});

it('does not offer the flag to who asks for help', async () => {
  expect((await runChatbench(['run', '--help'])).stdout).not.toContain('--defect');
});

async function run(scenario: string, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await runChatbench(
    ['run', scenario, ...FLAGS, ...flags, '--out', out, '--json'],
    out,
  );
  expect(stdout, stderr).not.toBe('');
  const { messages, thresholds, warnings } = summarySchema.parse(JSON.parse(stdout));
  const breaches = thresholds.filter(({ ok }) => !ok).map(({ expression }) => expression);
  return { code, messages, breaches, warnings: warnings.map((warning) => warning.code) };
}

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
