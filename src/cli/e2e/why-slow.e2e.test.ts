import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Summary } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { startHttp } from '../../testing/http-chat.ts';
import { type QueuedChat, type QueuedChatOptions, startQueuedChat } from '../../testing/queued-chat.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { type Services, startServices } from '../../testing/services.ts';

/** A chat whose POST is answered as soon as the message is queued, one worker that takes 5 ms a message, and what is said of it. */

const BURST = readFileSync(new URL('../../../scenarios/burst.yaml', import.meta.url), 'utf8');
/** Where runs are kept for `thin-run.ts`; left out: nowhere. */
const KEEP = process.env.KEEP_RUNS;
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

/** A run of a chat at its address, as it was judged. */
async function runAt(targets: string, name: string, protocol: string, flags: readonly string[], rest = '') {
  const file = join(directory, `${name}.yaml`);
  writeFileSync(file, `${protocol}\n`);
  // With room for the lateness of a busy machine.
  const scenario = join(directory, `burst-${name}.yaml`);
  writeFileSync(scenario, `${BURST}lateness-budget: 30s\n${rest}`);
  const { code, stdout, stderr } = await runChatbench([
    ...['run', scenario, '--target', targets, '--protocol', file, ...flags],
    ...['--warmup', '2s', '--drain', '1s'],
    ...['--json', '--no-report', '--out', join(KEEP ?? directory, name)],
  ]);
  expect([0, 4], stderr).toContain(code);
  const summary = JSON.parse(stdout) as Summary;
  const find = (wanted: Finding['code']) => summary.diagnosis?.find((one) => one.code === wanted);
  return { codes: summary.diagnosis?.map((one) => one.code) ?? [], find, summary };
}

/**
 * The same of a chat that is there for it alone, with what its workers had done in measure by their own count. Skips the test where the
 * machine was too busy to offer the load that it is about.
 */
async function diagnoseChat(
  skip: (reason: string) => never,
  options: QueuedChatOptions,
  rate: number,
  flags: readonly string[],
  rest = '',
) {
  const chat = await startQueuedChat(options);
  try {
    const told = await runAt(chat.url, options.queue, chat.protocol, ['--rate', String(rate), ...flags], rest);
    const sent = told.summary.rates.sentPerSecond ?? 0;
    if (sent < 0.97 * rate) skip(`the machine had time for ${sent.toFixed(0)}/s of ${rate}/s`);
    return { ...told, workedPerSecond: await countWorked(chat, join(told.summary.resultFile, '..')) };
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

it.for([1, 2])(
  '%i workers that take 5 ms each are found saturated, at their rate, and named',
  async (workers, { skip }) => {
    const queue = `chat-${workers}`;
    const options = { brokerUrl: services.amqpUrl, queue, workMs: 5, workers };
    const rate = workers === 1 ? 300 : 500;
    const { find, workedPerSecond, summary } = await diagnoseChat(skip, options, rate, [
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
  },
);

it('a worker whose database sleeps for 5 ms is not blamed for its CPU', async ({ skip }) => {
  const { amqpUrl: brokerUrl, postgresUrl } = services;
  const options = { brokerUrl, postgresUrl, queue: 'sleepy', workMs: 5 };
  const { codes, find, workedPerSecond } = await diagnoseChat(skip, options, 300, [
    ...queueFlag('sleepy'),
    '--duration',
    '12s',
  ]);
  expectSaturated(find('saturated'), workedPerSecond, 300);
  expect(codes).not.toContain('process-full');
});

it('of a load just below what it takes nothing is said to be full, or to grow', async ({ skip }) => {
  const { amqpUrl: brokerUrl, postgresUrl } = services;
  // Of 25 a second at the most, so that also a busy machine has time for it.
  const options = { brokerUrl, postgresUrl, queue: 'below', workMs: 40 };
  const { codes, workedPerSecond } = await diagnoseChat(skip, options, 18, [
    ...queueFlag('below'),
    '--duration',
    '15s',
  ]);
  expect(workedPerSecond).toBeGreaterThan(17);
  for (const code of ['saturated', 'process-full', 'backlog-elsewhere', 'two-speeds', 'periodic-stall', 'drifting'])
    expect(codes).not.toContain(code);
});

it('a list of Redis does for a queue, and is where the messages wait', async ({ skip }) => {
  const { redisUrl } = services;
  const observe = `observe: { lag: { redis: '${redisUrl}', length: listed } }\n`;
  const options = { brokerUrl: redisUrl, queue: 'listed', workMs: 5 };
  const { find, workedPerSecond } = await diagnoseChat(skip, options, 300, ['--duration', '12s'], observe);
  expectSaturated(find('saturated'), workedPerSecond, 300);
  expect(find('process-full')?.text).toMatch(/^queued-chat-worker\.ts is at its limit/);
  expect(find('backlog-elsewhere')?.text).toContain('wait in lag');
});

it('a worker that stands still every 5 s is found out, with its period, and is not called saturated', async ({
  skip,
}) => {
  const stall = { everyMs: 5_000, forMs: 800 };
  const options = { brokerUrl: services.amqpUrl, queue: 'stalling', workMs: 0, stall };
  const { codes, find } = await diagnoseChat(skip, options, 60, [...queueFlag('stalling'), '--duration', '21s']);
  expect(find('periodic-stall')?.evidence.periodSeconds).toBe(5);
  for (const code of ['saturated', 'process-full', 'two-speeds']) expect(codes).not.toContain(code);
});

it('of two addresses of a chat the one that is 30 ms slower is named, and no second way through it', async () => {
  const rooms = new Map<string, Set<(text: string) => void>>();
  const start = (delayMs: number) =>
    startHttp(
      (_url, _request, response) => void response.writeHead(404).end(),
      (socket, { pathname }) => {
        const members = rooms.get(pathname) ?? new Set();
        const send = (text: string) => void setTimeout(() => socket.send(text), delayMs);
        rooms.set(pathname, members.add(send));
        socket.on('close', () => members.delete(send));
        socket.on('message', (text) =>
          setTimeout(() => {
            for (const member of members) member(String(text));
          }, delayMs),
        );
      },
    );
  const [near, far] = [await start(0), await start(30)];
  try {
    const protocol = JSON.stringify({ url: '{endpoint}/{room}', send: '{body}', 'sender-receives': true });
    const flags = ['--rate', '100', '--duration', '12s'];
    const { codes, find } = await runAt(`ws://${near.host},ws://${far.host}`, 'two-addresses', protocol, flags);
    expect(find('slow-gateway')?.text).toContain(`ws://${far.host}`);
    expect(codes).not.toContain('two-speeds');
  } finally {
    await Promise.all([near.stop(), far.stop()]);
  }
});
