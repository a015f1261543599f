import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-several-rooms-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The scenario of this name in docs/scenarios.md. */
function takeExample(name: string, more = ''): void {
  const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
  const text = new RegExp(`<!-- tested: ${name} -->\\s*\`\`\`yaml\\n([\\s\\S]*?)\\n\`\`\``).exec(page)![1]!;
  writeFileSync(join(directory, 'my.yaml'), `${text}\n${more}\n`);
}

async function run(...flags: readonly string[]) {
  const load = ['--duration', '3s', '--warmup', '0s', '--drain', '60s', '--out', 'reports', '--json', '--no-report'];
  const { stdout, stderr } = await runChatbench(
    ['run', './my.yaml', '--target', 'embedded', ...load, ...flags],
    directory,
  );
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

it('clients in three rooms each get what is sent in all of them from the reference cluster, over one connection', async () => {
  takeExample('several-rooms', 'traffic: { typing: 10/s, receipts: 10/s, history: 10/s }');
  const { messages, deliveries, connections, traffic } = await run();
  expect(messages).toMatchObject({ planned: 600, sent: 600, acked: 600 });
  expect(deliveries).toMatchObject({ expected: 5400, once: 5400, lost: 0, duplicated: 0, misrouted: 0, reordered: 0 });
  expect(connections).toMatchObject({ attempted: 60, opened: 60, failed: 0 });
  for (const kind of ['typing', 'receipts', 'history']) expect(traffic[kind]).toMatchObject({ sent: 30, failed: 0 });
});

it('clients that come during measure get what is sent from then on, and all come', async () => {
  takeExample('coming');
  const { messages, deliveries, connections } = await run('--duration', '6s');
  // 2/s each, of 20 to 60 in 4 s, and of 60 for 2 s.
  expect(messages).toMatchObject({ planned: 560, sent: 560, acked: 560 });
  expect(deliveries).toMatchObject({ once: deliveries.expected, lost: 0, duplicated: 0, misrouted: 0 });
  expect(deliveries.expected).toBeGreaterThan(1500);
  expect(deliveries.expected).toBeLessThan(3 * 560);
  expect(connections).toMatchObject({ attempted: 60, opened: 60, failed: 0 });
});

it('and fetch what they missed of each where they were away', async () => {
  takeExample('several-rooms', 'faults: [{ at: 1s, disconnect: clients, share: 30%, for: 800ms }]');
  const { deliveries, connections } = await run();
  // Whoever joins again may be sent something twice: a room that was only joined comes at least once.
  expect(deliveries).toMatchObject({ once: deliveries.expected, lost: 0, misrouted: 0 });
  expect(deliveries.recovered).toBeGreaterThan(0);
  expect(connections).toMatchObject({ left: 18, returned: 18 });
});
