import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../report/json/summary-schema.ts';
import { type QueuedChat, startQueuedChat } from '../../testing/queued-chat.ts';
import { runChatbench, startChatbench } from '../../testing/run-chatbench.ts';
import { type Services, startServices } from '../../testing/services.ts';

const CANARY = 'canary-4711';
const directory = mkdtempSync(join(tmpdir(), 'chatbench-observe-e2e-'));
let services: Services;

beforeAll(async () => {
  services = await startServices();
});

afterAll(async () => {
  await services.stop();
  rmSync(directory, { recursive: true, force: true });
});

function writeScenario(chat: QueuedChat, rest: string, name = 'queued'): string {
  const file = join(directory, `${name}.yaml`);
  const lines = [
    `name: ${name}`,
    'question: Why is it slow?',
    `protocol: ${chat.protocol}`,
    `target: ${chat.url}`,
    'clients: 20',
    'rate: 60/s',
    'duration: 6s',
    'warmup: 1s',
    'lateness-budget: 30s',
    rest,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function writeProtocol(chat: QueuedChat): string {
  const file = join(directory, 'protocol.yaml');
  writeFileSync(file, `${chat.protocol}\n`);
  return file;
}

async function runToSummary(args: readonly string[]) {
  const { code, stdout, stderr } = await runChatbench(['run', ...args, '--json', '--out', join(directory, 'reports')]);
  return { code, stderr, summary: JSON.parse(stdout) as Summary };
}

describe('a chat with a queue and a worker of its own', () => {
  let chat: QueuedChat;

  beforeAll(async () => {
    chat = await startQueuedChat({ brokerUrl: services.amqpUrl, queue: 'jobs', workMs: 30 });
  });

  afterAll(() => chat.stop());

  it('has its queue for depth and drain, and each series for thresholds, table and page', async () => {
    const file = writeScenario(
      chat,
      `observe:
  worker: { process: ${chat.workerPid}, every: 500ms }
  list: { redis: '${services.redisUrl}', length: nothing }
  rows: { postgres: '${services.postgresUrl}', query: select 42 }
drain: 20s
thresholds:
  - observed.queue.max < 20
  - queue.drain < 100ms
  - observed.rows.mean == 42
  - observed.rows.min == 42 during measure
  - observed.list.last == 0
  - observed.worker.max > 1%
  - observed.worker.memory.max < 1GB`,
    );
    const { code, summary } = await runToSummary([
      file,
      ...['--rate', '60', '--queue', `${services.amqpUrl}/?queue=jobs`, '--format', 'csv,html,md'],
    ]);
    const invalidating = summary.warnings.filter(({ invalidates }) => invalidates);
    expect({ code, invalidating }).toEqual({ code: 4, invalidating: [] });
    expect(summary.thresholds.map(({ ok }) => ok)).toEqual([false, false, true, true, true, true, true]);
    const [found] = summary.diagnosis ?? [];
    expect(found?.code).toBe('saturated');
    const { growthPerSecond = 0 } = found?.evidence ?? {};
    // The queue itself is another witness: it is sampled by somebody else.
    const waiting = summary.diagnosis?.find(({ code }) => code === 'backlog-elsewhere');
    expect(waiting?.evidence.growthPerSecond).toBeGreaterThan(0.85 * growthPerSecond);
    expect(waiting?.evidence.growthPerSecond).toBeLessThan(1.15 * growthPerSecond);
    expect(summary.queue).toMatchObject({ source: 'amqp', intervalMs: 100 });
    expect(summary.observed?.queue?.max).toBe(summary.queue?.maxDepth);
    expect(Object.keys(summary.observed ?? {})).toEqual(
      ['queue', 'worker', 'busiest', 'waiting', 'memory', 'files', 'list', 'rows'].map((name) =>
        ['busiest', 'waiting', 'memory', 'files'].includes(name) ? `worker.${name}` : name,
      ),
    );
    const reports = join(summary.resultFile, '..');
    const csv = readFileSync(join(reports, 'series.csv'), 'utf8').split('\r\n');
    expect(csv[0]).toContain('observed rows (number)');
    expect(csv.slice(1).flatMap((row) => row.split(','))).toContain('42');
  });

  it('has its worker named as what is at its limit, with nothing but the address of its queue', async () => {
    const { summary } = await runToSummary([
      'burst',
      ...['--target', chat.url, '--protocol', writeProtocol(chat), '--queue', `${services.amqpUrl}/?queue=jobs`],
      ...['--clients', '20', '--rate', '60', '--warmup', '1s', '--duration', '6s', '--drain', '1s'],
    ]);
    const full = summary.diagnosis?.find(({ code }) => code === 'process-full');
    expect(full?.text).toContain('queued-chat-worker.ts is at its limit');
  });

  it.each([
    ['a queue that is not there', 'amqp', () => ['--queue', `${services.amqpUrl}/?queue=none`], /no queue 'none'/],
    ['nobody at the address', 'amqp', () => ['--queue', `amqp://me:${CANARY}@127.0.0.1:1/?queue=jobs`], /ECONNREFUSED/],
  ])('%s is told in a line before anything is sent', async (_, kind, flags, reason) => {
    const { code, stdout, stderr } = await runChatbench(['run', writeScenario(chat, ''), ...flags(), '--no-tui']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    const told = stderr.split('\n').filter((line) => line.includes('observe.queue'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`observe.queue: ${kind} at amqp://`);
    expect(told[0]).toMatch(reason);
    expect(stderr).not.toContain(CANARY);
  });

  it('shows no secret of an address, whatever becomes of it', async () => {
    const address = `postgres://postgres:${CANARY}@${new URL(services.postgresUrl).host}/postgres`;
    const file = writeScenario(chat, `observe: { rows: { postgres: '\${env:OBSERVED}', query: select 1 } }`, 'canary');
    const run = startChatbench(
      ['run', file, '--no-tui', '--out', join(directory, 'canary'), '--format', 'html,csv,json,md,junit'],
      directory,
      { ...process.env, OBSERVED: address },
    );
    // On a busy machine the run itself may be invalid; what it has written is what counts here.
    expect([0, 4, 5]).toContain(await run.ended);
    const [reports] = readdirSync(join(directory, 'canary'));
    for (const name of readdirSync(join(directory, 'canary', reports!))) {
      expect(readFileSync(join(directory, 'canary', reports!, name), 'utf8'), name).not.toContain(CANARY);
    }
    expect(run.stdout() + run.stderr()).not.toContain(CANARY);
  });

  it('a threshold on what nobody observes is a mistake', async () => {
    const file = writeScenario(chat, `observe: { lag: { redis: '${services.redisUrl}', length: x } }`);
    const { code, stderr } = await runChatbench(['run', file, '--threshold', 'observed.lga.max < 3']);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing is observed as "lga", did you mean "lag"?');
  });
});

it('a worker that waits for its database is not blamed for its CPU', async () => {
  const { amqpUrl, postgresUrl } = services;
  const chat = await startQueuedChat({ brokerUrl: amqpUrl, postgresUrl, queue: 'slow', workMs: 200 });
  try {
    const file = writeScenario(chat, `observe: { worker: { process: ${chat.workerPid} } }\ndrain: 5s`, 'database');
    const { summary } = await runToSummary([file, '--rate', '40', '--queue', `${amqpUrl}/?queue=slow`]);
    const codes = summary.diagnosis?.map(({ code }) => code);
    expect(codes).toContain('saturated');
    expect(codes).not.toContain('process-full');
  } finally {
    await chat.stop();
  }
});
