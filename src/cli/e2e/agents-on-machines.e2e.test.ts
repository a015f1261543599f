import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { listDescendants } from '../../launch/supervision/process-identity.ts';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { type CountingEchoServer, startCountingEchoServer } from '../../testing/counting-echo-server.ts';
import { createNetworkNamespaces, type NetworkNamespaces } from '../../testing/network-namespaces.ts';
import { type Chatbench, runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

const machines: NetworkNamespaces | null = createNetworkNamespaces(3);
const SECOND = 1_000;

/** As far from the true time as hosts are that were booted on other days. */
const CLOCKS_AHEAD_S = [0, 777, 100_000];

// Networks and clocks of their own take namespaces, which only root on Linux can make.
describe.skipIf(machines === null)('three machines', () => {
  let out: string;
  let scenario: string;
  let port: number;
  let server: CountingEchoServer;
  let agents: Chatbench[] = [];
  const host = machines?.host ?? '';

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'chatbench-machines-'));
    const echo = readFileSync(fileURLToPath(new URL('../../../scenarios/echo.yaml', import.meta.url)), 'utf8');
    scenario = join(out, 'echo.yaml');
    writeFileSync(scenario, `${echo}lateness-budget: 30s\n`);
    expect((await runChatbench(['agents', 'keygen', '--host', host, '--agents', '3', '--out', out], out)).code).toBe(0);
  });
  afterAll(() => {
    machines?.remove();
    rmSync(out, { recursive: true, force: true });
  });
  beforeEach(async () => {
    server = await startCountingEchoServer(host);
    port = await findFreePort();
    agents = CLOCKS_AHEAD_S.map((seconds, index) => startAgent(index + 1, seconds));
  });
  afterEach(async () => {
    for (const { child } of agents) {
      for (const { pid } of listDescendants(child.pid!)) killQuietly(pid);
      child.kill('SIGKILL');
    }
    await Promise.all(agents.map(({ ended }) => ended));
    server.close();
  });

  function startAgent(machine: number, secondsAhead: number): Chatbench {
    const clock = ['unshare', '--time', '--fork', '--kill-child', `--monotonic=${secondsAhead}`];
    const join_ = ['--join', `tls://${host}:${port}`, '--key', join(out, `agent-${machine}.key`)];
    const args = ['agent', ...join_, '--allow-target', host, '--label', `machine=${machine}`];
    return startChatbench(args, out, undefined, [...machines!.enter(machine), ...clock]);
  }

  function startRun(...flags: readonly string[]): Chatbench {
    const where = ['--agents', '3', '--listen', `${host}:${port}`, '--agent-keys', out, '--target', server.url];
    return startChatbench(['run', scenario, ...where, '--json', '--no-report', '--out', out, ...flags], out);
  }

  it('send what one would, at the same times, with clocks of their own', async () => {
    const load = ['--rate', '900', '--duration', '4s', '--warmup', '0s', '--clients', '90'];
    const run = startRun(...load);
    await run.ended;
    const { messages, deliveries, exitCode } = summarySchema.parse(JSON.parse(run.stdout()));
    const alone = await runChatbench(
      ['run', scenario, ...load, '--target', server.url, '--json', '--no-report', '--out', out],
      out,
    );
    const other = summarySchema.parse(JSON.parse(alone.stdout));
    expect(exitCode).toBe(0);
    expect(messages).toEqual(other.messages);
    expect(deliveries).toEqual(other.deliveries);
    expect(messages.sent).toBe(3_600);
  });

  it('lose one whose link is down within five seconds, and it never sends again', async () => {
    const run = startRun('--rate', '300', '--duration', '60s', '--warmup', '0s', '--clients', '30');
    await server.sees(600);
    const cutAt = performance.now();
    machines!.setLink(2, 'down');
    await run.sees('gave no sign of life');
    expect(performance.now() - cutAt).toBeLessThan(5 * SECOND);
    await run.ended;
    const { exitCode, warnings, messages } = summarySchema.parse(JSON.parse(run.stdout()));
    expect(exitCode).toBe(5);
    expect(warnings.map(({ code }) => code)).toContain('shard-lost');
    expect(messages.sent).toBeGreaterThan(600);
    // What lay in its sockets when the link went may still come; what was due since does not.
    machines!.setLink(2, 'up');
    await wait(2 * SECOND);
    const count = server.arrivals.length;
    await wait(2 * SECOND);
    expect(server.arrivals).toHaveLength(count);
  });
});

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
