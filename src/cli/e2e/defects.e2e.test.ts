import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { DEFECT_SCENARIO, STEADY_SCENARIO } from '../../testing/defect-scenario.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

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
  writeFileSync(steady, STEADY_SCENARIO);
  writeFileSync(killed, `name: killed${DEFECT_SCENARIO}${KILLED}`);
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
