import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type CountingChat, startHttp } from '../../testing/http-chat.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

/** What a server is told, to the byte. */

const LINES = [
  'grüße an alle 👋',
  '"quoted" \\ and {braced} <b>&amp;</b>',
  '会議は三時からです',
  'plain',
  '\t tabs and  blanks ',
];
const DESCRIPTION =
  "{ url: '{endpoint}/{room}', send: { id: '{id}', text: '{body}', bytes: '{length}' }, ack: '\"ok\"' }";
const MARKER = /^Z[0-9a-z]{29}$/;
let directory: string;
let chat: Omit<CountingChat, 'counts'>;
let heard: { readonly id: string; readonly text: string; readonly bytes: string }[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bodies-'));
  await writeFile(join(directory, 'messages.txt'), `\uFEFF${LINES.join('\r\n')}\n\n`);
});

afterEach(() => chat.stop());
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(payload: string, rate: string, clients: string, ...flags: readonly string[]) {
  heard = [];
  const rooms = new Map<string, Set<WebSocket>>();
  chat = await startHttp(
    (_url, _request, response) => void response.writeHead(404).end(),
    (socket, url) => {
      const members = rooms.get(url.pathname) ?? new Set();
      rooms.set(url.pathname, members.add(socket));
      socket.on('message', (data) => {
        const { id, text, bytes } = JSON.parse(String(data));
        heard.push({ id, text, bytes });
        for (const member of members) if (member !== socket) member.send(JSON.stringify({ text }));
        socket.send(JSON.stringify({ ok: id }));
      });
    },
  );
  const scenario = ['name: said', 'question: Is it what was said?', `payload: ${payload}`, `protocol: ${DESCRIPTION}`];
  const budget = ['lateness-budget: 30s', 'timeouts: { delivery: 60s }'];
  await writeFile(join(directory, 'said.yaml'), [...scenario, ...budget, ''].join('\n'));
  const load = ['--clients', clients, '--rate', rate, '--duration', '3s', '--warmup', '0s', '--drain', '60s', ...flags];
  const where = ['--target', `ws://${chat.host}`, '--out', join(directory, 'reports'), '--json'];
  const { stdout, stderr } = await runChatbench(['run', join(directory, 'said.yaml'), ...load, ...where], directory);
  return { summary: JSON.parse(stdout || '{}'), stderr };
}

it('lines of a file are sent to the byte, each as often as any other, behind their markers', async () => {
  const { summary, stderr } = await run('{ file: messages.txt }', '100', '6');
  expect(summary.deliveries, stderr).toMatchObject({ expected: 300, once: 300, lost: 0, misrouted: 0 });
  const said = new Map<string, number>();
  for (const { id, text, bytes } of heard) {
    expect(id).toMatch(MARKER);
    expect(text.startsWith(`${id} `), text).toBe(true);
    expect(Number(bytes)).toBe(Buffer.byteLength(text));
    const line = text.slice(id.length + 1);
    said.set(line, (said.get(line) ?? 0) + 1);
  }
  expect(said).toEqual(new Map([...said.keys()].map((line) => [line, 60])));
  expect([...said.keys()].sort()).toEqual([...LINES].sort());
});

it('bodies of 16 MiB arrive whole', async () => {
  const { summary, stderr } = await run('16MiB', '1', '2');
  // What the server has not yet taken of one may leave no room for the next, which is then skipped.
  const { sent, skipped } = summary.messages;
  expect(sent, stderr).toBeGreaterThan(0);
  expect(sent + skipped).toBe(3);
  expect(summary.deliveries, stderr).toMatchObject({ expected: sent, once: sent, lost: 0 });
  expect(heard.map(({ text }) => Buffer.byteLength(text))).toEqual(Array.from({ length: sent }, () => 2 ** 24));
});
