import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Summary } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import type { RunResult } from '../../result/run-result.ts';
import { type LoneNats, startLoneNats } from '../../testing/lone-nats.ts';
import { startChatbench } from '../../testing/run-chatbench.ts';
import { type Services, startServices } from '../../testing/services.ts';
import { openTcpGate, type TcpGate } from '../../testing/tcp-gate.ts';

const AWAY_MS = 2_000;
const directory = mkdtempSync(join(tmpdir(), 'chatbench-gaps-'));
const gates = new Map<string, TcpGate>();
let services: Services;
let nats: LoneNats;
let redis: Redis;
let worker: ChildProcess;

beforeAll(async () => {
  [services, nats] = await Promise.all([startServices({ management: true }), startLoneNats()]);
  redis = new Redis(services.redisUrl);
  for (let entry = 0; entry < 3; entry++) {
    await redis.lpush('list', 'x');
    await redis.xadd('stream', '*', 'n', entry);
  }
  await redis.xgroup('CREATE', 'stream', 'workers', '0');
  await redis.xreadgroup('GROUP', 'workers', 'one', 'COUNT', 2, 'STREAMS', 'stream', '>');
  await nats.fill(4);
  const amqp = await connect(services.amqpUrl);
  const channel = await amqp.createConfirmChannel();
  await channel.assertQueue('jobs', { durable: true });
  for (let message = 0; message < 5; message++) channel.sendToQueue('jobs', Buffer.from('x'));
  await channel.waitForConfirms();
  await amqp.close();
  worker = startWorker();
  // A gate for each, so that one can be away while the others are there.
  for (const [name, url] of Object.entries({
    list: services.redisUrl,
    stream: services.redisUrl,
    group: services.redisUrl,
    rows: services.postgresUrl,
    queue: services.amqpUrl,
    metric: services.metricsUrl!,
    json: services.managementUrl!,
    js: `http://127.0.0.1:${nats.monitorPort}`,
  }))
    gates.set(name, await openTcpGate(Number(new URL(url).port)));
});

afterAll(async () => {
  worker.kill('SIGKILL');
  redis.disconnect();
  for (const gate of gates.values()) await gate.shut();
  await Promise.all([services.stop(), nats.stop()]);
  rmSync(directory, { recursive: true, force: true });
});

function startWorker(): ChildProcess {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'gap-worker.js'], { stdio: 'ignore' });
}

/** Each figure is one that stays as it is while its server is there. */
function writeObserve(): string {
  const port = (name: string) => gates.get(name)!.port;
  const redisAt = (name: string) => `redis: 'redis://127.0.0.1:${port(name)}'`;
  return `observe:
  list: { ${redisAt('list')}, length: list }
  stream: { ${redisAt('stream')}, length: stream }
  group: { ${redisAt('group')}, pending: stream, group: workers }
  rows: { postgres: 'postgres://postgres@127.0.0.1:${port('rows')}/postgres', query: select 6, every: 200ms }
  queue: { amqp: 'amqp://guest:guest@127.0.0.1:${port('queue')}', queues: [jobs] }
  metric: { prometheus: 'http://127.0.0.1:${port('metric')}/metrics', metric: rabbitmq_build_info, every: 200ms }
  json: { http-json: 'http://guest:guest@127.0.0.1:${port('json')}/api/overview', value: object_totals.queues, every: 200ms }
  js: { nats: 'http://127.0.0.1:${port('js')}/jsz', stream: CHAT, consumer: workers, every: 200ms }
  worker: { process: gap-worker.js, every: 200ms }
`;
}

const EXPECTED = { list: 3, stream: 3, group: 2, rows: 6, queue: 5, metric: 1, json: 1, js: 4 };

it('what is away for 2 s leaves a gap of 2 s and a warning, whatever it is; it is read on, and no other is harmed', async () => {
  const file = join(directory, 'gaps.yaml');
  const head =
    'name: gaps\nquestion: What is missing?\ntarget: embedded\nclients: 4\nrate: 20/s\nwarmup: 1s\nduration: 33s\n';
  writeFileSync(file, `${head}lateness-budget: 30s\n${writeObserve()}`);
  const out = join(directory, 'reports');
  const run = startChatbench(['run', file, '--json', '--no-report', '--no-tui', '--out', out], directory);
  await run.sees('sent, ');
  const away = new Map<string, { readonly fromMs: number; readonly toMs: number }>();
  const takeAway = async (name: string, leave: () => unknown, comeBack: () => unknown) => {
    const fromMs = Date.now();
    await leave();
    await wait(AWAY_MS);
    await comeBack();
    away.set(name, { fromMs, toMs: Date.now() });
    // Who was away has to be seen again before the next one leaves.
    await wait(800);
  };
  for (const [name, gate] of gates)
    await takeAway(
      name,
      () => gate.shut(),
      () => gate.open(),
    );
  const leave = async () => {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  };
  await takeAway('worker', leave, () => {
    worker = startWorker();
  });
  expect([0, 4, 5], run.stderr()).toContain(await run.ended);
  const summary = JSON.parse(run.stdout()) as Summary;
  const { observed = [], startedAt } = await readResult(join(summary.resultFile, '..'));
  const warning = summary.warnings.find(({ code }) => code === 'observed-gaps');
  expect(warning?.invalidates).toBe(false);
  for (const [name, { fromMs, toMs }] of away) {
    const series = observed.find((one) => one.name === (name === 'worker' ? 'worker.memory' : name))!;
    expect(warning?.message).toContain(`${name}`);
    expectGap(series, fromMs, toMs, Date.parse(startedAt));
    if (name in EXPECTED)
      expect(new Set(series.values.filter((value) => value !== null)), name).toEqual(
        new Set([EXPECTED[name as keyof typeof EXPECTED]]),
      );
  }
});

type Series = NonNullable<RunResult['observed']>[number];

/** Nothing was read while it was away, and all before and after; the start of a run on the wall's clock is known to a second or two. */
function expectGap({ name, atUs, values, trouble }: Series, fromMs: number, toMs: number, startedAtMs: number): void {
  expect(trouble, name).not.toBeNull();
  // One gap, and no other: between its first and its last reading that failed none came to anything.
  const [first, last] = [values.indexOf(null), values.lastIndexOf(null)];
  expect(
    values.slice(first, last + 1).every((value) => value === null),
    name,
  ).toBe(true);
  expect(first, name).toBeGreaterThan(0);
  expect(last, name).toBeLessThan(values.length - 1);
  const lengthMs = (atUs[last + 1]! - atUs[first - 1]!) / 1000;
  expect(lengthMs, name).toBeGreaterThan(AWAY_MS - 100);
  expect(lengthMs, name).toBeLessThan(toMs - fromMs + 2_500);
  expect(startedAtMs + atUs[first]! / 1000, name).toBeLessThan(toMs);
}
