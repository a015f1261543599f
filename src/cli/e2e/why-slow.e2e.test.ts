import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Summary } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { type QueuedChat, type QueuedChatOptions, startQueuedChat } from '../../testing/queued-chat.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { type Services, startServices } from '../../testing/services.ts';

/** A chat whose POST is answered as soon as the message is queued, one worker that takes 5 ms a message, and what is said of it. */

const directory = mkdtempSync(join(tmpdir(), 'chatbench-why-'));
let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterAll(async () => {
  await services.stop();
  rmSync(directory, { recursive: true, force: true });
});

type Finding = NonNullable<Summary['diagnosis']>[number];

/** The run of a chat that is there for it alone: its findings, and what its workers had done in measure, by their own count. */
async function diagnoseChat(options: QueuedChatOptions, rate: number, flags: readonly string[], scenario = 'burst') {
  const chat = await startQueuedChat(options);
  try {
    const protocol = join(directory, `${options.queue}.yaml`);
    writeFileSync(protocol, `${chat.protocol}\n`);
    const { code, stdout, stderr } = await runChatbench([
      ...['run', scenario, '--target', chat.url, '--protocol', protocol, '--rate', String(rate), ...flags],
      ...['--warmup', '2s', '--drain', '1s', '--lateness-budget', '30s'],
      ...['--json', '--no-report', '--out', join(directory, 'reports')],
    ]);
    expect([0, 4], stderr).toContain(code);
    const summary = JSON.parse(stdout) as Summary;
    const workedPerSecond = await countWorked(chat, join(summary.resultFile, '..'));
    const find = (wanted: Finding['code']) => summary.diagnosis?.find((one) => one.code === wanted);
    return { codes: summary.diagnosis?.map((one) => one.code) ?? [], find, workedPerSecond, summary };
  } finally {
    await chat.stop();
  }
}

async function countWorked(chat: QueuedChat, path: string): Promise<number> {
  const { phases, samples } = await readResult(path);
  // Every message of measure tells when the run began, on the clock on the wall.
  const [message] = samples.slowest?.messages ?? [];
  const startMs = (message!.epochUs - message!.intendedAtUs) / 1000;
  return chat.workedPerSecond(startMs + phases.warmupEndUs / 1000, startMs + phases.measureEndUs / 1000);
}

function expectSaturated(found: Finding | undefined, workedPerSecond: number, rate: number): void {
  const { takenPerSecond = 0, growthPerSecond = 0, offeredPerSecond } = found?.evidence ?? {};
  expect(offeredPerSecond).toBeCloseTo(rate, -1);
  expect(takenPerSecond / workedPerSecond).toBeGreaterThan(0.95);
  expect(takenPerSecond / workedPerSecond).toBeLessThan(1.05);
  expect(growthPerSecond / (rate - workedPerSecond)).toBeGreaterThan(0.95);
  expect(growthPerSecond / (rate - workedPerSecond)).toBeLessThan(1.05);
}

const queueFlag = (queue: string) => ['--queue', `${services.amqpUrl}/?queue=${queue}`];

it.each([1, 2])('%i workers that take 5 ms each are found saturated, at their rate, and named', async (workers) => {
  const queue = `chat-${workers}`;
  const options = { brokerUrl: services.amqpUrl, queue, workMs: 5, workers };
  const rate = workers === 1 ? 300 : 500;
  const { find, workedPerSecond, summary } = await diagnoseChat(options, rate, [
    ...queueFlag(queue),
    '--duration',
    '12s',
  ]);
  expectSaturated(find('saturated'), workedPerSecond, rate);
  expect(find('process-full')?.text).toMatch(/^queued-chat-worker\.ts(-2)? is at its limit/);
  // The queue grew by what was left: it is sampled by somebody else.
  const grew = find('backlog-elsewhere')?.evidence.growthPerSecond ?? 0;
  expect(grew / (rate - workedPerSecond)).toBeGreaterThan(0.95);
  expect(grew / (rate - workedPerSecond)).toBeLessThan(1.05);
  expect(summary.queue?.maxDepth).toBeGreaterThan(0);
});

it('a worker whose database sleeps for 5 ms is not blamed for its CPU', async () => {
  const { amqpUrl: brokerUrl, postgresUrl } = services;
  const options = { brokerUrl, postgresUrl, queue: 'sleepy', workMs: 5 };
  const { codes, find, workedPerSecond } = await diagnoseChat(options, 300, [
    ...queueFlag('sleepy'),
    '--duration',
    '12s',
  ]);
  expectSaturated(find('saturated'), workedPerSecond, 300);
  expect(codes).not.toContain('process-full');
});

it('of a load just below what it takes nothing is said to be full, or to grow', async () => {
  const options = { brokerUrl: services.amqpUrl, queue: 'below', workMs: 5 };
  const { codes } = await diagnoseChat(options, 110, [...queueFlag('below'), '--duration', '12s']);
  for (const code of ['saturated', 'process-full', 'backlog-elsewhere', 'two-speeds', 'periodic-stall', 'drifting'])
    expect(codes).not.toContain(code);
});

it('a list of Redis does for a queue, and is where the messages wait', async () => {
  const { redisUrl } = services;
  const scenario = join(directory, 'list.yaml');
  writeFileSync(
    scenario,
    `name: list
question: Why is it slow?
clients: 20
rate: 300/s
observe: { lag: { redis: '${redisUrl}', length: listed } }
`,
  );
  const options = { brokerUrl: redisUrl, queue: 'listed', workMs: 5 };
  const { find, workedPerSecond } = await diagnoseChat(options, 300, ['--duration', '12s'], scenario);
  expectSaturated(find('saturated'), workedPerSecond, 300);
  expect(find('process-full')?.text).toMatch(/^queued-chat-worker\.ts is at its limit/);
  expect(find('backlog-elsewhere')?.text).toContain('wait in lag');
});

it('a worker that stands still every 5 s is found out, with its period, and is not called saturated', async () => {
  const stall = { everyMs: 5_000, forMs: 500 };
  const options = { brokerUrl: services.amqpUrl, queue: 'stalling', workMs: 2, stall };
  const { codes, find } = await diagnoseChat(options, 60, [...queueFlag('stalling'), '--duration', '21s']);
  expect(find('periodic-stall')?.evidence.periodSeconds).toBe(5);
  for (const code of ['saturated', 'process-full', 'two-speeds']) expect(codes).not.toContain(code);
});
