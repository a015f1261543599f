import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ConnectProxy, startConnectProxy } from '../../testing/connect-proxy.ts';
import type { CountingChat } from '../../testing/http-chat.ts';
import { startChatbench } from '../../testing/run-chatbench.ts';
import { startLoginChat } from '../../testing/socket-chats.ts';
import { startEventStreamChat, startLongPollChat } from '../../testing/stream-chats.ts';

/** Load that goes through a proxy. */

const HTTP_SEND =
  "send: { http: { url: 'http://{host}/send', body: { room: '{room}', user: '{user}', text: '{body}' } } }";
const DESCRIPTIONS = {
  'login.yaml': [
    'users: users.csv',
    "login: { http: { url: 'http://{host}/login', body: { name: '{user}', password: 'pw-{user}' } }, capture: { token: { json: data.token } } }",
    "url: '{endpoint}/{room}/{user}?token={token}'",
    "send: { id: '{id}', text: '{body}' }",
    'ack: \'"ok"\'',
  ],
  'sse.yaml': ['transport: sse', "url: '{endpoint}/events?room={room}&user={user}'", HTTP_SEND],
  'long-poll.yaml': [
    'transport: long-poll',
    "poll: { url: '{endpoint}/events?room={room}&user={user}&after={next}', messages: { json: messages }, next: { json: last }, from: 0 }",
    HTTP_SEND,
  ],
} as const;
const CREDENTIALS = 'someone:canary-of-proxy';

let directory: string;
let chat: CountingChat;
let proxy: ConnectProxy;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'proxy-'));
  for (const [name, lines] of Object.entries(DESCRIPTIONS)) await writeFile(join(directory, name), lines.join('\n'));
  const users = ['a', 'b', 'c', 'd'].map((name) => `user-${name}`);
  await writeFile(join(directory, 'users.csv'), ['name', ...users].join('\n'));
});
afterEach(async () => {
  await proxy.stop();
  await chat.stop();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(target: string, protocol: string, flags: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const load = ['--clients', '4', '--rate', '50', '--duration', '2s', '--warmup', '0s', '--drain', '60s', '--json'];
  const what = ['run', 'burst', '--target', target, '--protocol', join(directory, protocol)];
  const where = ['--out', join(directory, 'reports'), '--format', 'html,md,junit'];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const started = startChatbench([...what, ...load, ...where, ...flags], directory, env);
  const code = await started.ended;
  const text = started.stdout() + started.stderr();
  return { code, text, summary: started.stdout() === '' ? null : JSON.parse(started.stdout()) };
}

async function expectNoSecret(text: string): Promise<void> {
  const files = await readdir(join(directory, 'reports'), { recursive: true, withFileTypes: true });
  const written = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
  const encoded = Buffer.from(CREDENTIALS).toString('base64');
  for (const one of [text, ...(await Promise.all(written))]) {
    expect(one).not.toContain('canary-of-proxy');
    expect(one).not.toContain(encoded);
  }
}

it.each([
  ['login.yaml', 'ws', startLoginChat],
  ['sse.yaml', 'http', startEventStreamChat],
  ['long-poll.yaml', 'http', startLongPollChat],
] as const)(
  '%s: everything goes through it, by name, and it is named without its password',
  async (file, scheme, start) => {
    chat = await start();
    proxy = await startConnectProxy(null, CREDENTIALS, chat.host);
    // Nobody here can tell where the name leads.
    const flags = ['--proxy', `http://${CREDENTIALS}@${proxy.host}`, '--allow-target', 'chat.invalid'];
    const { summary, text } = await run(`${scheme}://chat.invalid:8080`, file, flags);
    expect(summary?.deliveries, text).toMatchObject({ expected: 100, once: 100, lost: 0 });
    expect(chat.counts.received).toBe(100);
    expect(new Set(proxy.asked)).toEqual(new Set(['chat.invalid:8080']));
    expect(proxy.asked.length).toBeGreaterThanOrEqual(4);
    expect(summary.target.proxies).toEqual([`http://${proxy.host}`]);
    expect(summary.target.publicHosts).toEqual(['chat.invalid']);
    await expectNoSecret(text);
  },
);

it.each([
  [407, CREDENTIALS, '407 Proxy Authentication Required'],
  [502, null, '502 Bad Gateway'],
])('one that answers %i is told with its status, in one line', async (_status, credentials, told) => {
  chat = await startEventStreamChat();
  proxy = await startConnectProxy(credentials === null ? 502 : null, credentials);
  const { code, text } = await run(`http://${chat.host}`, 'sse.yaml', ['--proxy', `http://${proxy.host}`]);
  expect(text).toContain(`no connection could be opened: refused: proxy ${proxy.host} answered ${told}\n`);
  expect(code).toBe(3);
});

it('one that is not there is told, too', async () => {
  chat = await startLoginChat();
  proxy = await startConnectProxy();
  const { host } = proxy;
  await proxy.stop();
  proxy = await startConnectProxy();
  const { code, text } = await run(`ws://${chat.host}`, 'login.yaml', ['--proxy', host]);
  expect(text).toContain(`proxy ${host} cannot be used: ECONNREFUSED`);
  expect(code).toBe(3);
});

it('variables of the environment lead no load of this machine through it, nor past what NO_PROXY names', async () => {
  chat = await startEventStreamChat();
  proxy = await startConnectProxy();
  const variables = { http_proxy: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` };
  const ofVariables = await run(`http://${chat.host}`, 'sse.yaml', [], variables);
  expect(ofVariables.summary?.deliveries, ofVariables.text).toMatchObject({ once: 100 });
  expect(ofVariables.summary.target.proxies).toBeUndefined();
  const exempt = await run(`http://${chat.host}`, 'sse.yaml', ['--proxy', proxy.host], { NO_PROXY: '127.0.0.0/8' });
  expect(exempt.summary?.deliveries, exempt.text).toMatchObject({ once: 100 });
  expect(proxy.asked).toEqual([]);
});

it('a name that only the proxy can resolve has to be allowed', async () => {
  chat = await startLoginChat();
  proxy = await startConnectProxy(null, null, chat.host);
  const { code, text } = await run('ws://chat.invalid', 'login.yaml', [], { http_proxy: `http://${proxy.host}` });
  expect(text).toContain('chat.invalid is reached through a proxy, and where that leads is not known here');
  expect(text).toContain('--allow-target chat.invalid');
  expect(code).toBe(2);
});
