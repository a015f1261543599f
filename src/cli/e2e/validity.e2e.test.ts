import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { type EchoServer, startEchoServer } from '../../testing/echo-server.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

let out: string;
let server: EchoServer;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-validity-'));
  server = await startEchoServer();
});
afterAll(() => {
  server.stop();
  rmSync(out, { recursive: true, force: true });
});

describe('chatbench run echo', () => {
  it('measures any WebSocket echo server', async () => {
    const summary = await runEcho('--rate', '2000', '--duration', '2s');
    expect(summary.messages).toMatchObject({ planned: 4_000, sent: 4_000 });
    expect(summary.deliveries).toMatchObject({ expected: 4_000, once: 4_000, lost: 0, misrouted: 0 });
    expect(summary.target).toMatchObject({ kind: 'external', topology: null });
    expect(summary.queue).toBeNull();
  });

  it('labels a closed loop as such', async () => {
    const summary = await runEcho('--closed', '--clients', '4', '--duration', '1s');
    expect(summary.warnings.map(({ code }) => code)).toContain('closed-loop');
    expect(summary.messages.sent).toBeGreaterThan(0);
  });

  it('keeps its schedule when it spins', async () => {
    const summary = await runEcho('--precise', '--rate', '500', '--duration', '1s');
    expect(summary.messages).toMatchObject({ planned: 500, sent: 500 });
  });
});

describe('a machine that others keep busy', () => {
  const hogs: ChildProcess[] = [];
  afterAll(() => {
    for (const hog of hogs) hog.kill('SIGKILL');
  });

  it('makes a run invalid, and never silently wrong', async () => {
    for (let i = 0; i < 16; i++)
      hogs.push(spawn(process.execPath, ['-e', 'for (const end = Date.now() + 60_000; Date.now() < end; );']));
    const summary = await runEcho('--rate', '60000', '--duration', '3s');
    expect(summary.verdict).toBe('invalid');
    expect(summary.exitCode).toBe(5);
    expect(summary.warnings.filter(({ invalidates }) => invalidates).map(({ code }) => code)).toContain('lateness');
    // The load was still the one that was planned: late, and not thinned out.
    expect(summary.messages).toMatchObject({ planned: 180_000, sent: 180_000 });
  });
});

async function runEcho(...flags: readonly string[]) {
  const { stdout, stderr } = await runChatbench([
    ...['run', 'echo', '--target', server.url, '--warmup', '500ms', '--json', '--out', out],
    ...flags,
  ]);
  expect(stdout, stderr).not.toBe('');
  return summarySchema.parse(JSON.parse(stdout));
}
