import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { listDescendants } from '../../launch/supervision/process-identity.ts';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { type CountingEchoServer, startCountingEchoServer } from '../../testing/counting-echo-server.ts';
import { createNetworkNamespaces, type NetworkNamespaces } from '../../testing/network-namespaces.ts';
import { type Chatbench, runChatbench, startChatbench } from '../../testing/run-chatbench.ts';
import { openTcpProxy } from '../../testing/tcp-proxy.ts';

const machines: NetworkNamespaces | null = createNetworkNamespaces(3);
const SECOND = 1_000;

/** As far from the true time as hosts are that were booted on other days. */
const CLOCKS_AHEAD_S = [0, 777, 100_000];

// Networks and clocks of their own take namespaces, which only root on Linux can make.
describe.skipIf(machines === null)('three machines', () => {
  let out: string;
  let scenario: string;
  let burst: string;
  let port: number;
  let server: CountingEchoServer;
  let agents: Chatbench[] = [];
  const host = machines?.host ?? '';

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'chatbench-machines-'));
    const read = (name: string) =>
      readFileSync(fileURLToPath(new URL(`../../../scenarios/${name}.yaml`, import.meta.url)), 'utf8');
    // How late a busy machine sends and reads is not what is tested here.
    const patient = (name: string) => {
      const path = join(out, `${name}.yaml`);
      writeFileSync(path, `${read(name).replace('delivery.p95 < 170ms', 'delivery.p95 < 30s')}lateness-budget: 30s\n`);
      return path;
    };
    scenario = patient('echo');
    burst = patient('burst');
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
    for (const { child } of agents) signalMachine(child, 'SIGKILL');
    await Promise.all(agents.map(({ ended }) => ended));
    server.close();
  });

  function startAgent(machine: number, secondsAhead: number): Chatbench {
    const clock = ['unshare', '--time', '--fork', '--kill-child', `--monotonic=${secondsAhead}`];
    const join_ = ['--join', `tls://${host}:${port}`, '--key', join(out, `agent-${machine}.key`)];
    const args = ['agent', ...join_, '--allow-target', host, '--label', `machine=${machine}`];
    return startChatbench(args, out, undefined, [...machines!.enter(machine), ...clock]);
  }

  const meeting = () => ['--listen', `${host}:${port}`, '--agent-keys', out];
  const told = ['--json', '--no-report'];

  function startRun(...flags: readonly string[]): Chatbench {
    const where = ['--agents', '3', ...meeting(), '--target', server.url];
    return startChatbench(['run', scenario, ...where, ...told, '--out', out, ...flags], out);
  }

  it('send what one would to a chat, message for message, and start within five milliseconds', async () => {
    const target = await openChat(out, host);
    try {
      const load = ['--rate', '3000', '--duration', '4s', '--warmup', '1s', '--target', target.url, '--out', out];
      const run = startChatbench(['run', burst, '--agents', '3', ...meeting(), ...load, ...told], out);
      await run.ended;
      const { messages, deliveries, startSpreadMs } = summarySchema.parse(JSON.parse(run.stdout()));
      const alone = await runChatbench(['run', burst, ...load, ...told], out);
      const other = summarySchema.parse(JSON.parse(alone.stdout));
      expect(messages).toEqual(other.messages);
      expect(deliveries).toEqual(other.deliveries);
      expect(messages).toMatchObject({ planned: 12_000, sent: 12_000, acked: 12_000 });
      expect(deliveries).toMatchObject({ expected: 12_000, once: 12_000 });
      expect(startSpreadMs).toBeLessThan(5);
      expect(run.stderr()).toContain('the agents started within');
      expect(other).not.toHaveProperty('startSpreadMs');
    } finally {
      await target.close();
    }
  });

  it('have clocks of which is told how far they are apart, within what is told', async () => {
    const examined = await runChatbench(['agents', 'doctor', '--json', ...meeting()], out);
    const found = JSON.parse(examined.stdout);
    expect(found).toHaveLength(3);
    for (const { agent, clockOffsetMs, clockBoundMs } of found) {
      const truthMs = CLOCKS_AHEAD_S[agent.labels.machine - 1]! * 1_000;
      expect(Math.abs(clockOffsetMs - truthMs)).toBeLessThanOrEqual(clockBoundMs + 0.002);
    }
  });

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

  /** What breaks one of them, and what puts it right again, where anything does. */
  it.each<readonly [string, () => void, (() => void) | null]>([
    ['is killed', () => signalMachine(agents[1]!.child, 'SIGKILL'), null],
    ['is cut off', () => machines!.setLink(2, 'down'), () => machines!.setLink(2, 'up')],
    ['is frozen', () => signalMachine(agents[1]!.child, 'SIGSTOP'), () => signalMachine(agents[1]!.child, 'SIGCONT')],
  ])('lose one that %s within five seconds, keep its seconds, and it never sends again', async (_, breakIt, mendIt) => {
    const run = startRun('--rate', '300', '--duration', '60s', '--warmup', '0s', '--clients', '30');
    await server.sees(600);
    const brokenAt = performance.now();
    breakIt();
    await run.sees('gave no sign of life');
    expect(performance.now() - brokenAt).toBeLessThan(5 * SECOND);
    await run.ended;
    const { exitCode, warnings, resultFile } = summarySchema.parse(JSON.parse(run.stdout()));
    expect(exitCode).toBe(5);
    expect(warnings.map(({ code }) => code)).toContain('shard-lost');
    const { samples, shards } = await readResult(resolve(out, resultFile!, '..'));
    expect(shards.reported).toBeLessThan(shards.planned);
    // Reports are those of the others alone, and seconds those of all.
    const inSeconds = samples.intervals.reduce((sum, { sent }) => sum + sent, 0);
    expect(inSeconds).toBeGreaterThan(samples.ledger.sent + 100);
    if (mendIt === null) return;
    // What lay in its sockets when it went may still come; what was due since does not.
    mendIt();
    await wait(2 * SECOND);
    const count = server.arrivals.length;
    await wait(2 * SECOND);
    expect(server.arrivals).toHaveLength(count);
  });
});

/** To all processes that were started on a machine. */
function signalMachine({ pid }: Chatbench['child'], signal: NodeJS.Signals): void {
  for (const process_ of [pid!, ...listDescendants(pid!).map((descendant) => descendant.pid)]) {
    try {
      process.kill(process_, signal);
    } catch {
      // It has ended.
    }
  }
}

interface Chat {
  readonly url: string;
  close(): Promise<void>;
}

/** The embedded chat, which listens on loopback, where other machines find it. */
async function openChat(directory: string, host: string): Promise<Chat> {
  const name = `machines-${process.pid}`;
  const up = await runChatbench(['target', 'up', '--kind', 'embedded', '--name', name], directory);
  expect(up.stderr).toBe('');
  const { port, pathname } = new URL(/ws:\S+/.exec(up.stdout)![0]);
  const proxy = await openTcpProxy(Number(port), host);
  return {
    url: `ws://${host}:${proxy.port}${pathname}`,
    async close() {
      proxy.breakAll();
      await proxy.close();
      await runChatbench(['target', 'down', name], directory);
    },
  };
}
