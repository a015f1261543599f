import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../../launch/machine/free-port.ts';
import { type Summary, summarySchema } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { type CountingEchoServer, startCountingEchoServer } from '../../testing/counting-echo-server.ts';
import { type Chatbench, runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

/** Room for the lateness of a busy machine: what is tested here is not how fast it is. */
const PATIENT = 'lateness-budget: 30s\n';
const SECOND = 1_000;

let out: string;
let patient: string;
let echo: string;
let port: number;
let started: Chatbench[] = [];

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-agents-'));
  const read = (name: string) =>
    readFileSync(fileURLToPath(new URL(`../../../scenarios/${name}`, import.meta.url)), 'utf8');
  patient = join(out, 'patient.yaml');
  writeFileSync(patient, read('burst.yaml').replace('delivery.p95 < 170ms', 'delivery.p95 < 30s').concat(PATIENT));
  echo = join(out, 'echo.yaml');
  writeFileSync(
    echo,
    read('echo.yaml')
      .replace(/thresholds:[\s\S]*?(?=^\S)/m, '')
      .concat(PATIENT),
  );
});
afterAll(() => rmSync(out, { recursive: true, force: true }));
beforeEach(async () => {
  port = await findFreePort();
});
afterEach(async () => {
  for (const { child } of started) {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }
  await Promise.all(started.map(({ ended }) => ended));
  started = [];
});

function start(args: readonly string[], env?: NodeJS.ProcessEnv): Chatbench {
  const one = startChatbench(args, out, env);
  started.push(one);
  return one;
}

function startAgents(count: number, ...flags: readonly string[]): readonly Chatbench[] {
  const join = ['--join', `nats://127.0.0.1:${port}`, '--allow-target', '127.0.0.1'];
  return Array.from({ length: count }, () => start(['agent', ...join, ...flags]));
}

function startRun(scenario: string, agents: number, ...flags: readonly string[]): Chatbench {
  const where = ['--agents', String(agents), '--listen', `127.0.0.1:${port}`];
  return start(['run', scenario, ...where, '--json', '--out', out, '--no-report', ...flags]);
}

async function summaryOf(run: Pick<Chatbench, 'ended' | 'stdout'>): Promise<Summary> {
  await run.ended;
  return summarySchema.parse(JSON.parse(run.stdout()));
}

async function readRun({ resultFile }: Summary) {
  const { samples, shards } = await readResult(resolve(out, resultFile!, '..'));
  return { seconds: samples.intervals, shards };
}

describe('run --agents', () => {
  const load = ['--rate', '400', '--duration', '3s', '--warmup', '500ms', '--target', 'embedded'];

  it('sends the same messages from two agents as from this machine alone, and accounts for all of them', async () => {
    const agents = startAgents(2, '--once');
    const summary = await summaryOf(startRun(patient, 2, ...load));
    const alone = await runChatbench(['run', patient, ...load, '--json', '--no-report', '--out', out], out);
    const other = summarySchema.parse(JSON.parse(alone.stdout));
    expect(summary.exitCode).toBe(0);
    expect(summary.messages).toEqual(other.messages);
    expect(summary.deliveries).toEqual(other.deliveries);
    expect(summary.messages).toMatchObject({ planned: 1_200, sent: 1_200 });
    const { seconds, shards } = await readRun(summary);
    expect(shards).toEqual({ planned: 2, reported: 2 });
    expect(seconds.reduce((sum, { offered }) => sum + offered, 0)).toBe(1_400);
    expect(await Promise.all(agents.map(({ ended }) => ended))).toEqual([0, 0]);
  });

  it('is invalid within five seconds when an agent is killed, and keeps its seconds', async () => {
    const [, victim] = startAgents(2);
    const run = startRun(patient, 2, '--rate', '300', '--duration', '60s', '--warmup', '0s', '--target', 'embedded');
    await run.sees('measure 1 s');
    const killedAt = performance.now();
    victim!.child.kill('SIGKILL');
    await run.sees('gave no sign of life');
    expect(performance.now() - killedAt).toBeLessThan(5 * SECOND);
    const summary = await summaryOf(run);
    expect(summary.exitCode).toBe(5);
    expect(summary.warnings.map(({ code }) => code)).toContain('shard-lost');
    // Both of them sent in the first second, and it counts.
    expect((await readRun(summary)).seconds[0]!.sent).toBeGreaterThan(250);
    expect(summary.messages.sent).toBeGreaterThan(300);
  });

  it('goes on without a lost one where it is told to, and is invalid all the same', async () => {
    const [, victim] = startAgents(2);
    const goOn = ['--on-agent-lost', 'continue', '--target', 'embedded'];
    const run = startRun(patient, 2, '--rate', '200', '--duration', '9s', '--warmup', '0s', ...goOn);
    await run.sees('measure 1 s');
    victim!.child.kill('SIGKILL');
    const summary = await summaryOf(run);
    expect(summary.exitCode).toBe(5);
    expect((await readRun(summary)).seconds.at(-1)!.second).toBeGreaterThanOrEqual(8);
  });
});

describe('an agent', () => {
  let server: CountingEchoServer;
  beforeEach(async () => {
    server = await startCountingEchoServer();
  });
  afterEach(() => server.close());

  const long = ['--rate', '200', '--duration', '60s', '--warmup', '0s', '--clients', '10'];

  it('that is frozen has shards that stop by themselves, and sends nothing when it goes on', async () => {
    const [agent] = startAgents(1);
    const run = startRun(echo, 1, '--target', server.url, ...long);
    await server.sees(200);
    const frozenAt = performance.now();
    // The agent's own process: that of its shard goes on.
    agent!.child.kill('SIGSTOP');
    await run.sees('gave no sign of life');
    const last = server.arrivals.at(-1)!;
    expect(last - frozenAt).toBeGreaterThan(SECOND);
    expect(last - frozenAt).toBeLessThan(3.5 * SECOND);
    const summary = await summaryOf(run);
    expect(summary.exitCode).toBe(5);
    const count = server.arrivals.length;
    agent!.child.kill('SIGCONT');
    await wait(2 * SECOND);
    expect(server.arrivals).toHaveLength(count);
  });

  it('whose controller is killed stops sending, and keeps its report', async () => {
    const kept = join(out, 'kept');
    const [agent] = startAgents(1, '--out', kept);
    const run = startRun(echo, 1, '--target', server.url, ...long);
    await server.sees(200);
    const killedAt = performance.now();
    run.child.kill('SIGKILL');
    await agent!.sees('the controller is gone');
    expect(server.arrivals.at(-1)! - killedAt).toBeLessThan(4 * SECOND);
    const path = /is in (\S+\.json)/.exec(agent!.stderr())![1]!;
    const { reports } = JSON.parse(readFileSync(path, 'utf8'));
    expect(reports).toHaveLength(1);
    // What was on its way when the shard stopped may have arrived at the server only.
    expect(reports[0].report.ledger.sent).toBe(server.arrivals.length);
  });

  it('loads no host that it was not allowed to', async () => {
    startAgents(1);
    const run = startRun(echo, 1, '--target', `ws://localhost:${server.port}`, ...long);
    await run.sees('may not load localhost: start it with --allow-target localhost');
    run.child.kill('SIGINT');
    await run.ended;
    expect(server.arrivals).toEqual([]);
  });

  it('says in one line what it lacks', async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await runChatbench(['agent', ...args], out);
      expect(code).toBe(2);
      return stderr.split('\n')[0];
    };
    expect(await refused('--join', 'nats://127.0.0.1:1')).toContain('expected --allow-target HOST');
    expect(await refused('--join', 'nats://10.0.0.1:1')).toContain('is not encrypted, expected tls://');
    expect(await refused('--join', 'tls://10.0.0.1:1')).toContain('needs a key, expected --key FILE');
    expect(await refused('--join', 'http://10.0.0.1')).toContain('expected an address such as tls://HOST:4222');
  });
});

describe('agents', () => {
  it('are listed and examined', async () => {
    startAgents(2, '--label', 'region=tokyo', '--max-rate', '100');
    const at = ['--listen', `127.0.0.1:${port}`];
    const listed = await runChatbench(['agents', 'list', ...at], out);
    expect(listed.code).toBe(0);
    expect(listed.stdout.trim().split('\n')).toHaveLength(2);
    expect(listed.stdout).toContain('region=tokyo, may load 127.0.0.1, at most 100/s, idle');
    const examined = await runChatbench(['agents', 'doctor', '--json', ...at], out);
    const [first, ...others] = JSON.parse(examined.stdout);
    expect(others).toHaveLength(1);
    expect(first.roundTripMs).toBeGreaterThan(0);
    // One machine has one clock.
    expect(Math.abs(first.clockOffsetMs)).toBeLessThanOrEqual(first.clockBoundMs + 0.1);
  });

  describe('with keys', () => {
    let keys: string;
    beforeEach(async () => {
      keys = join(out, `keys-${port}`);
      const made = await runChatbench(['agents', 'keygen', '--out', keys, '--agents', '2'], out);
      expect(made.code).toBe(0);
    });
    const keyOf = (name: string) => JSON.parse(readFileSync(join(keys, name), 'utf8'));

    it('meet over TLS, and obey their own controller', async () => {
      for (const number of [1, 2]) {
        const join_ = ['--join', `tls://127.0.0.1:${port}`, '--key', join(keys, `agent-${number}.key`)];
        start(['agent', ...join_, '--allow-target', '127.0.0.1']);
      }
      const where = ['--agents', '2', '--listen', `0.0.0.0:${port}`, '--agent-keys', keys];
      const load = ['--rate', '200', '--duration', '2s', '--warmup', '0s', '--target', 'embedded'];
      const summary = await summaryOf(
        start(['run', patient, ...where, ...load, '--json', '--no-report', '--out', out]),
      );
      expect(summary.exitCode).toBe(0);
      expect(summary.messages).toMatchObject({ planned: 400, sent: 400 });
    });

    it('are refused with a rogue key, and may speak of nothing but themselves', async () => {
      const rogue = join(out, `rogue-${port}`);
      await runChatbench(['agents', 'keygen', '--out', rogue], out);
      // Its engine is there for as long as it waits for two.
      start(['run', patient, '--agents', '2', '--listen', `0.0.0.0:${port}`, '--agent-keys', keys, '--out', out]);
      const rogueKey = {
        ...JSON.parse(readFileSync(join(rogue, 'agent-1.key'), 'utf8')),
        certificate: keyOf('agent-1.key').certificate,
      };
      writeFileSync(join(rogue, 'agent-1.key'), JSON.stringify(rogueKey));
      const join_ = [
        '--join',
        `tls://127.0.0.1:${port}`,
        '--key',
        join(rogue, 'agent-1.key'),
        '--allow-target',
        '127.0.0.1',
      ];
      const refused = await runChatbench(['agent', ...join_], out);
      expect(refused.code).toBe(3);
      expect(refused.stderr.toLowerCase()).toContain('authorization');

      const connection = await joinByHand(keyOf('agent-1.key'));
      const violations: string[] = [];
      void (async () => {
        for await (const status of connection.status())
          if (status.type === 'error') violations.push(status.error.message);
      })();
      connection.subscribe('cb.*.up.>');
      connection.publish('cb.run.down.somebody.else', 'stop');
      connection.publish('cb.call', 'who is there?');
      await connection.flush();
      await expect.poll(() => violations.length).toBe(3);
      await connection.close();
    });

    function joinByHand({ seed, certificate }: { seed: string; certificate: string }): Promise<NatsConnection> {
      return connect({
        servers: `127.0.0.1:${port}`,
        authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
        tls: { ca: certificate },
        waitOnFirstConnect: true,
      });
    }
  });

  it('need keys beyond this machine', async () => {
    const { code, stderr } = await runChatbench(
      ['run', patient, '--agents', '1', '--listen', `0.0.0.0:${port}`, '--agent-keys', join(out, 'none')],
      out,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('beyond this machine agents need keys');
    expect(stderr).toContain('chatbench agents keygen');
  });
});
