import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CountingChat } from '../../testing/http-chat.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';
import {
  type LoginChat,
  startBinaryChat,
  startCompressingChat,
  startLoginChat,
  startMsgpackChat,
} from '../../testing/socket-chats.ts';
import { startEventStreamChat, startLongPollChat } from '../../testing/stream-chats.ts';

/** Every description that docs/protocols.md shows is taken out of it and run against a server that speaks so. */

const DOCUMENT = fileURLToPath(new URL('../../../docs/protocols.md', import.meta.url));
const USERS = 20;
let directory: string;
let chat: CountingChat | null = null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'protocols-'));
  for (const [, file, text] of (await readFile(DOCUMENT, 'utf8')).matchAll(/^```yaml (\S+)\n(.*?)^```$/gms)) {
    await writeFile(join(directory, file!), text!);
  }
  await writeFile(
    join(directory, 'users.csv'),
    usersWith((name) => `pw-${name}`),
  );
});

afterEach(async () => {
  await chat?.stop();
  chat = null;
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function usersWith(passwordOf: (name: string) => string): string {
  const names = Array.from({ length: USERS }, (_, i) => `canary${i}x`);
  return ['name,password', ...names.map((name) => `${name},${passwordOf(name)}`)].join('\n');
}

/** 600 messages between 20 users; how late they are on a busy machine is not the question. */
async function run(scheme: string, protocol: string, ...flags: readonly string[]) {
  const target = `${scheme}://${chat!.host}`;
  const load = ['--clients', String(USERS), '--rate', '200', '--duration', '3s', '--warmup', '0s', '--drain', '60s'];
  const args = ['run', 'burst', '--target', target, '--protocol', join(directory, protocol), ...load, ...flags];
  const { code, stdout, stderr } = await runChatbench(
    [...args, '--out', join(directory, 'reports'), '--json'],
    directory,
  );
  return { code, stderr, text: stdout + stderr, summary: stdout === '' ? null : JSON.parse(stdout) };
}

describe.each([
  ['binary.yaml', 'ws', startBinaryChat],
  ['msgpack.yaml', 'ws', startMsgpackChat],
  ['compressed.yaml', 'ws', startCompressingChat],
  ['sse.yaml', 'http', startEventStreamChat],
  ['long-poll.yaml', 'http', startLongPollChat],
])('%s', (file, scheme, start) => {
  it('brings 600 messages to whom they are for, each once, as many as the server counts', async () => {
    chat = await start();
    const { summary, stderr } = await run(scheme, file);
    expect(summary?.messages, stderr).toMatchObject({ planned: 600, sent: 600, acked: 600 });
    expect(summary.deliveries).toMatchObject({ expected: 600, once: 600, lost: 0, duplicated: 0, misrouted: 0 });
    expect(chat.counts).toEqual({ received: 600, delivered: 600 });
  });

  it('is what a probe finds to work', async () => {
    chat = await start();
    const args = ['probe', `${scheme}://${chat.host}`, '--protocol', join(directory, file), '--timeout', '30s'];
    const { code, stdout } = await runChatbench(args, directory);
    expect(stdout).toContain('works: both users joined');
    expect(code).toBe(0);
  });
});

it('streams that end go on behind the last event, and lose nothing', async () => {
  chat = await startEventStreamChat(25);
  const scenario = [
    'name: ends',
    'question: Does it go on?',
    'reconnect: { base: 20ms, max: 20ms }',
    'lateness-budget: 30s',
  ];
  await writeFile(join(directory, 'ends.yaml'), scenario.join('\n'));
  const load = ['--clients', '4', '--rate', '100', '--duration', '3s', '--warmup', '0s', '--drain', '60s'];
  const where = [
    '--target',
    `http://${chat.host}`,
    '--protocol',
    join(directory, 'sse.yaml'),
    '--out',
    join(directory, 'ends'),
  ];
  const { stdout, stderr } = await runChatbench(
    ['run', join(directory, 'ends.yaml'), ...where, ...load, '--json'],
    directory,
  );
  const { deliveries, connections } = JSON.parse(stdout || stderr);
  expect(deliveries).toMatchObject({ expected: 300, once: 300, lost: 0, duplicated: 0 });
  expect(connections.dropped).toBeGreaterThanOrEqual(8);
  expect(connections.reconnected).toBe(connections.dropped);
});

describe('users of a file who log in', () => {
  let server: LoginChat;

  async function expectNoSecrets(text: string): Promise<void> {
    const reports = join(directory, 'reports');
    const files = (await readdir(reports, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
    for (const secret of [...server.secrets, 'pw-canary', 'wrong-pw-']) {
      for (const written of [text, ...texts]) expect(written.includes(secret), secret).toBe(false);
    }
  }

  it('all join with tokens and cookies of their own, none of which is told', async () => {
    server = await startLoginChat();
    chat = server;
    const formats = ['--format', 'html,md,junit,csv,github,json'];
    const { summary, text } = await run('ws', 'login.yaml', '--threshold', 'login.success == 100%', ...formats);
    expect(summary?.connections, text).toMatchObject({ opened: USERS, failed: 0, logins: USERS, loginsFailed: 0 });
    expect(summary.deliveries).toMatchObject({ expected: 600, once: 600, lost: 0 });
    expect(summary.latencyMs.login.count).toBe(USERS);
    expect(new Set(server.admitted).size).toBe(USERS);
    expect(new Set(server.secrets).size).toBe(USERS);
    await expectNoSecrets(text);
  });

  it('are told of where one is not let in, with status and body, and a threshold fails', async () => {
    server = await startLoginChat();
    chat = server;
    await writeFile(
      join(directory, 'users.csv'),
      usersWith((name) => (name === 'canary7x' ? 'wrong-pw-7' : `pw-${name}`)),
    );
    const { code, summary, text } = await run('ws', 'login.yaml', '--threshold', 'login.success == 100%');
    await writeFile(
      join(directory, 'users.csv'),
      usersWith((name) => `pw-${name}`),
    );
    expect(summary?.connections, text).toMatchObject({
      attempted: USERS,
      opened: USERS - 1,
      failed: 1,
      loginsFailed: 1,
    });
    expect(Object.keys(summary.connections.failures)).toEqual([
      'refused: login: HTTP status 401: {"error":"bad credentials: ***"}',
    ]);
    expect(summary.thresholds).toContainEqual({ expression: 'login.success == 100%', actual: '95 %', ok: false });
    expect([4, 5], text).toContain(code);
    await expectNoSecrets(text);
  });

  it('are probed, and the one is named who is not let in', async () => {
    server = await startLoginChat();
    chat = server;
    const probe = () =>
      runChatbench(
        ['probe', `ws://${server.host}`, '--protocol', join(directory, 'login.yaml'), '--timeout', '30s'],
        directory,
      );
    const works = await probe();
    expect(works.stdout).toContain('works: both users joined');
    await expectNoSecrets(works.stdout);
    await writeFile(
      join(directory, 'users.csv'),
      usersWith((name) => (name === 'canary1x' ? 'wrong-pw-1' : `pw-${name}`)),
    );
    const refused = await probe();
    await writeFile(
      join(directory, 'users.csv'),
      usersWith((name) => `pw-${name}`),
    );
    expect(refused.stdout).toContain('user 1 was not let in: login: HTTP status 401');
    expect(refused.code).toBe(5);
    await expectNoSecrets(refused.stdout);
  });
});
