import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';
import { startMixedChat } from '../../testing/stream-chats.ts';

const TEXT = `url: '{endpoint}/text?room={room}&user={user}'
send: { text: '{body}' }
message: { json: { kind: m } }
ack: { json: { kind: a } }
`;

const BINARY = `url: '{endpoint}/binary?room={room}&user={user}'
frames: binary
send: 'm{"text":"{body}"}'
message: { starts-with: m }
ack: { starts-with: a }
sender-receives: true
`;

const SCENARIO = `name: mixed-ways
question: Do phones get messages as soon as browsers?
clients: 40
rooms: { size: 4 }
groups:
  - { name: browsers, share: 50%, rate: 60/s }
  - { name: phones, share: 25%, rate: 60/s, protocol: phones.yaml }
  - name: screens
    share: 25%
    rate: 30/s
    protocol:
      transport: sse
      url: '{endpoint}/events?room={room}&user={user}'
      open: [{ await: { starts-with: 'event: joined' } }]
      send: { http: { url: 'http://{host}/send', body: { room: '{room}', user: '{user}', text: '{body}' } } }
lateness-budget: 30s
thresholds:
  - lost == 0
  - lost of phones == 0
  - delivery.p95 of phones < 60s
  - delivery.p95 to screens < 60s
`;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'group-protocols-'));
  await writeFile(join(directory, 'text.yaml'), TEXT);
  await writeFile(join(directory, 'phones.yaml'), BINARY);
  await writeFile(join(directory, 'mixed-ways.yaml'), SCENARIO);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

it('groups over text frames, binary frames and event streams are one run of one server, with one ledger that agrees with it', async () => {
  const chat = await startMixedChat();
  try {
    const load = ['--duration', '4s', '--warmup', '0s', '--drain', '60s', '--out', 'reports', '--json'];
    const where = ['--target', `ws://${chat.host}`, '--protocol', 'text.yaml'];
    const { code, stdout, stderr } = await runChatbench(['run', './mixed-ways.yaml', ...where, ...load], directory);
    expect(stdout, stderr).not.toBe('');
    const { messages, deliveries, groups, connections, thresholds } = JSON.parse(stdout);
    expect(messages).toMatchObject({ planned: 600, sent: 600, acked: 600 });
    expect(connections).toMatchObject({ opened: 40, failed: 0 });
    const [browsers, phones, screens] = groups;
    // Phones get their own messages back, and are the only ones.
    expect(phones.deliveries.expected).toBe(4 * phones.messages.sent);
    for (const { messages: own, deliveries: got } of [browsers, screens]) expect(got.expected).toBe(3 * own.sent);
    for (const { deliveries: got } of groups) expect(got).toMatchObject({ once: got.expected, lost: 0 });
    expect(deliveries).toMatchObject({ once: deliveries.expected, lost: 0, duplicated: 0, misrouted: 0 });
    expect(chat.counts).toEqual({ received: 600, delivered: deliveries.expected });
    for (const threshold of thresholds) expect(threshold).toMatchObject({ ok: true });
    expect(thresholds).toHaveLength(4);
    expect([0, 5], stderr).toContain(code);
  } finally {
    await chat.stop();
  }
});
