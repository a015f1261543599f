import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { identifyProcess } from '../../launch/supervision/process-identity.ts';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { type CountingEchoServer, startCountingEchoServer } from '../../testing/counting-echo-server.ts';
import { type Chatbench, runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

const KUBECTL = fileURLToPath(new URL('../../../dist/testing/kubernetes/kubectl-process.js', import.meta.url));
const ECHO = fileURLToPath(new URL('../../../scenarios/echo.yaml', import.meta.url));

let out: string;
let cluster: string;
let server: CountingEchoServer;
let run: Chatbench | null;

beforeEach(async () => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-kubernetes-'));
  cluster = join(out, 'cluster');
  mkdirSync(cluster);
  writeFileSync(join(out, 'kubectl'), `#!/bin/sh\nexec ${process.execPath} ${KUBECTL} "$@"\n`, { mode: 0o755 });
  // Room for the lateness of a busy machine: what is tested here is not how fast it is.
  const scenario = readFileSync(ECHO, 'utf8').replace(/thresholds:[\s\S]*?(?=^\S)/m, '');
  writeFileSync(join(out, 'echo.yaml'), `${scenario}lateness-budget: 30s\n`);
  server = await startCountingEchoServer('0.0.0.0');
  run = null;
});
afterEach(async () => {
  run?.child.kill('SIGKILL');
  await run?.ended;
  for (const pid of [...readLines('pids'), ...readLines('forwards')]) end(Number(pid));
  server.close();
  rmSync(out, { recursive: true, force: true });
});

/** Every address of this machine is the same machine in each "pod" here, this one included. */
function start(...flags: readonly string[]): Chatbench {
  const env = { ...process.env, PATH: `${out}${delimiter}${process.env.PATH}`, CLUSTER: cluster };
  const where = ['--on', 'kubernetes', '--namespace', 'load', '--target', `ws://0.0.0.0:${server.port}`];
  run = startChatbench(['run', 'echo.yaml', ...where, '--out', out, '--no-report', ...flags], out, env);
  return run;
}

function readLines(name: string): string[] {
  const path = join(cluster, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

function isAlive(pid: number): boolean {
  return identifyProcess(pid) !== null;
}

function end(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => readLines('calls').at(-1)).toMatch(/^delete .*--selector=app\.kubernetes\.io\/instance=/);
  const pids = readLines('pids').map(Number);
  expect(pids.length).toBeGreaterThan(0);
  const forwards = readLines('forwards').map(Number);
  expect(forwards.length).toBeGreaterThan(0);
  await expect.poll(() => [...pids, ...forwards].filter(isAlive)).toEqual([]);
}

const SHORT = ['--rate', '200', '--duration', '2s', '--warmup', '0s', '--clients', '10'];
const LONG = ['--rate', '200', '--duration', '60s', '--warmup', '0s', '--clients', '10'];

describe('run --on kubernetes', () => {
  it('has its load come from agents with keys of their own, and leaves nothing behind', async () => {
    const { ended, stdout } = start('--agents', '2', '--json', ...SHORT);
    expect(await ended).toBe(0);
    const summary = summarySchema.parse(JSON.parse(stdout()));
    expect(summary.messages).toMatchObject({ planned: 400, sent: 400 });
    expect(summary.deliveries).toMatchObject({ expected: 400, once: 400 });
    expect(server.arrivals).toHaveLength(400);
    // The engine and two agents.
    expect(readLines('pids')).toHaveLength(3);
    await expectNothingLeft();
  });

  it('leaves nothing behind when it is interrupted, and keeps what was measured', async () => {
    const { child, ended } = start('--agents', '1', ...LONG);
    await server.sees(100);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await expectNothingLeft();
  });

  it('leaves nothing behind when it is ended at once', async () => {
    const { child, ended } = start('--agents', '1', ...LONG);
    await server.sees(100);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect([130, 143]).toContain(await ended);
    await expectNothingLeft();
  });

  it('says in one line what pods cannot do', async () => {
    const refusal = async (scenario: string, ...flags: readonly string[]) => {
      const { code, stderr } = await runChatbench(['run', scenario, '--on', 'kubernetes', ...flags], out);
      expect(code).toBe(2);
      return stderr.split('\n')[0];
    };
    const target = ['--target', 'ws://0.0.0.0:1'];
    expect(await refusal('echo.yaml', '--target', 'ws://127.0.0.1:1')).toContain(
      '127.0.0.1 is another machine in each',
    );
    expect(await refusal('burst', '--target', 'embedded')).toContain('pods do not reach target embedded');
    expect(await refusal('echo.yaml', ...target, '--engine', 'nats://127.0.0.1:4222')).toContain(
      'expected no --engine',
    );
    expect(await refusal('echo.yaml', ...target, '--repeat', '2')).toContain('--repeat with --on');
    expect(await refusal('echo.yaml', ...target, '--namespace', 'No')).toContain('expected the name of a namespace');
  });

  it('needs kubectl, and says so in one line', async () => {
    const env = { ...process.env, PATH: dirname(process.execPath) };
    const target = ['--target', 'ws://0.0.0.0:1'];
    run = startChatbench(['run', 'echo.yaml', '--on', 'kubernetes', ...target, '--out', out], out, env);
    expect(await run.ended).toBe(3);
    expect(run.stderr()).toContain('--on kubernetes: kubectl is not on this machine');
  });
});

describe('run --on kubernetes --print', () => {
  const target = ['--target', 'wss://gateway.chat.svc/ws'];

  it('writes the manifests with the keys of a directory, and does nothing else', async () => {
    const keys = join(out, 'keys');
    expect((await runChatbench(['agents', 'keygen', '--host', 'chatbench-engine', '--out', keys], out)).code).toBe(0);
    const { ended, stdout, stderr } = start('--print', '--agent-keys', keys, '--agents', '3', ...target);
    expect(await ended).toBe(0);
    expect(readLines('calls')).toEqual([]);
    expect(stderr()).toContain('seal them');
    const documents = parseAllDocuments(stdout()).map((document) => document.toJS());
    expect(documents.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'Secret load/chatbench-engine',
      'Secret load/chatbench-agents',
      'Service load/chatbench-engine',
      'Deployment load/chatbench-engine',
      'PodDisruptionBudget load/chatbench-agents',
      'Job load/chatbench-agents',
    ]);
    expect(documents.at(-1).spec).toMatchObject({ completions: 3, parallelism: 3 });
    const [, secret] = documents;
    const written = Buffer.from(secret.data['agent.key'], 'base64').toString();
    expect(written).toBe(readFileSync(join(keys, 'agent-1.key'), 'utf8'));
  });

  it('asks for keys, and for those of its engine', async () => {
    const refusal = async (keys: string) => {
      const { ended, stderr } = start('--print', '--agent-keys', keys, ...target);
      expect(await ended).toBe(2);
      return stderr();
    };
    expect(await refusal(join(out, 'none'))).toContain('agents keygen --host chatbench-engine');
    const others = join(out, 'others');
    await runChatbench(['agents', 'keygen', '--host', 'elsewhere.example', '--out', others], out);
    expect(await refusal(others)).toContain('is not for chatbench-engine');
  });
});
