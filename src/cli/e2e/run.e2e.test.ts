import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, listDescendants } from '../../launch/supervision/process-identity.ts';
import { type Summary, summarySchema } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

let out: string;
/** `burst`, with room for the lateness of a busy machine: what is tested here is not how fast it is. */
let patient: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-e2e-'));
  patient = join(out, 'patient.yaml');
  const burst = readFileSync(fileURLToPath(new URL('../../../scenarios/burst.yaml', import.meta.url)), 'utf8');
  writeFileSync(patient, burst.replace('delivery.p95 < 170ms', 'delivery.p95 < 30s').concat('lateness-budget: 30s\n'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const SHORT = ['--rate', '400', '--duration', '2s', '--warmup', '500ms'];

/** How many of the looks a machine has time for is its own affair; each one that was due is accounted for. */
function expectLooksAtQueue({ queue }: Summary, source: string, seconds: number): void {
  expect(queue).toMatchObject({ source, intervalMs: 100 });
  expect(queue?.samples).toBeGreaterThan(0);
  expect((queue?.samples ?? 0) + (queue?.gaps ?? 0)).toBeGreaterThanOrEqual(seconds * 10);
}

describe('chatbench run', () => {
  it('accounts for every message on the embedded target, and prints one JSON object', async () => {
    const { code, stdout } = await runChatbench([
      'run',
      patient,
      ...SHORT,
      '--target',
      'embedded',
      '--json',
      '--out',
      out,
    ]);
    const summary = summarySchema.parse(JSON.parse(stdout));
    expect(summary.messages).toMatchObject({ planned: 800, sent: 800, skipped: 0, acked: 800 });
    expect(summary.deliveries).toMatchObject({
      expected: 800,
      once: 800,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      misrouted: 0,
    });
    expect(summary.latencyMs.delivery?.count).toBe(800);
    expect(summary.latencyMs.ack?.count).toBe(800);
    expect(summary.connections).toMatchObject({ attempted: 50, opened: 50, failed: 0 });
    expect(summary.target).toMatchObject({ kind: 'embedded', topology: 'worker' });
    expectLooksAtQueue(summary, 'in-process', 2);
    expect(summary.verdict, JSON.stringify(summary.warnings)).toBe('pass');
    expect(code).toBe(0);
  });

  it('writes a result that can be read again, a report, and a link to the latest run', async () => {
    await runChatbench(['run', 'burst', ...SHORT, '--target', 'embedded', '--quiet', '--out', out]);
    const result = await readResult(join(out, 'latest'));
    expect(result.completeness).toEqual({ status: 'complete', reason: null });
    expect(result.samples.intervals.reduce((sum, { sent }) => sum + sent, 0)).toBe(1000);
    expect(result.samples.warmupLedger).toMatchObject({ planned: 200, once: 200 });
    expect(statSync(join(out, 'latest', 'report.html')).size).toBeGreaterThan(50_000);
    expect(readdirSync(join(out, 'latest')).sort()).toEqual(['report.html', 'result.json', 'seconds.ndjson']);
  });

  it('names brokers and versions on the local target, and samples their queues over AMQP', async () => {
    const { stdout, stderr } = await runChatbench([
      ...[
        'run',
        patient,
        '--rate',
        '400',
        '--duration',
        '4s',
        '--target',
        'local',
        '--gateways',
        '2',
        '--workers',
        '2',
      ],
      ...['--json', '--out', out],
    ]);
    const summary = summarySchema.parse(JSON.parse(stdout));
    expect(summary.deliveries, stderr).toMatchObject({
      expected: 1600,
      once: 1600,
      lost: 0,
      duplicated: 0,
      reordered: 0,
    });
    const versions = Object.fromEntries(summary.target.components.map(({ name, version }) => [name, version]));
    for (const name of ['redis', 'rabbitmq', 'postgres']) expect(versions[name]).toMatch(/^\d+\.\d+/);
    expectLooksAtQueue(summary, 'amqp', 4);
  });

  it('says the actual value of a threshold that fails, and exits 4', async () => {
    const { code, stdout } = await runChatbench([
      ...[
        'run',
        patient,
        ...SHORT,
        '--target',
        'embedded',
        '--json',
        '--out',
        out,
        '--threshold',
        'delivery.p95 < 1us',
      ],
    ]);
    const summary = summarySchema.parse(JSON.parse(stdout));
    const outcome = summary.thresholds.find(({ expression }) => expression === 'delivery.p95 < 1us');
    expect(outcome).toMatchObject({ ok: false, actual: expect.stringMatching(/^[\d.]+ ?(ms|us|µs|s)$/) });
    expect(summary.verdict, JSON.stringify(summary.warnings)).toBe('fail');
    expect(code).toBe(4);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 143],
  ] as const)('ends within 5 s of %s with exit %i and a partial result', async (signal, exitCode) => {
    const run = startChatbench(['run', 'burst', '--target', 'embedded', '--rate', '200', '--out', join(out, signal)]);
    await run.sees('measure');
    const beganAt = performance.now();
    run.child.kill(signal);
    expect(await run.ended).toBe(exitCode);
    expect(performance.now() - beganAt).toBeLessThan(5000);
    const result = await readResult(join(out, signal, 'latest'));
    expect(result.interruptedBy).toBe(signal);
    expect(result.completeness.status).toBe('partial');
    expect(result.samples.ledger.sent).toBeGreaterThan(0);
    expect(result.samples.ledger.expected).toBe(result.samples.ledger.once + result.samples.ledger.lost);
    expect(readdirSync(join(out, signal, 'latest')).sort()).toEqual(['report.html', 'result.json', 'seconds.ndjson']);
  });

  it.each(['embedded', 'local'])('leaves no process of the %s target behind 5 s after kill -9', async (target) => {
    const run = startChatbench(['run', 'burst', '--target', target, '--rate', '200', '--out', out]);
    await run.sees('measure');
    const descendants = listDescendants(run.child.pid!);
    expect(descendants.length).toBeGreaterThanOrEqual(target === 'local' ? 8 : 2);
    run.child.kill('SIGKILL');
    await run.ended;
    const deadline = performance.now() + 5000;
    while (descendants.some(isAlive) && performance.now() < deadline) await wait(50);
    expect(descendants.filter(isAlive)).toEqual([]);
  });

  it('exits 3 within the connect timeout when nothing listens at the target', async () => {
    const { code, stderr } = await runChatbench(['run', 'echo', '--target', 'ws://127.0.0.1:1', '--out', out]);
    expect(code).toBe(3);
    expect(stderr).toContain('ws://127.0.0.1:1');
  });

  describe('a server that accepts and never answers', () => {
    let server: Server;
    beforeAll(async () => {
      server = createServer(() => {}).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(() => server.close());

    it('is given up after the connect timeout, exit 3', async () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const scenario = join(out, 'silent.yaml');
      writeFileSync(
        scenario,
        `name: silent\nquestion: Does anybody answer?\nprotocol: echo\nclients: 2\nrate: 10\nduration: 1s\ntimeouts: { connect: 500ms }\n`,
      );
      const { code, stderr } = await runChatbench([
        'run',
        scenario,
        '--target',
        `ws://127.0.0.1:${port}`,
        '--out',
        out,
      ]);
      expect(code, stderr).toBe(3);
      expect(stderr).toContain('timed out');
    });
  });

  it('exits 2 before anything starts when it cannot write where it should', async () => {
    const blocked = join(out, 'file');
    writeFileSync(blocked, '');
    chmodSync(blocked, 0o400);
    const { code, stderr } = await runChatbench(['run', 'burst', ...SHORT, '--target', 'embedded', '--out', blocked]);
    expect(code).toBe(2);
    expect(stderr).toContain('--out');
    expect(stderr).not.toContain('starting');
  });
});
