import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChatbench } from '../../testing/run-chatbench.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-several-rooms-'));
  const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
  const text = /<!-- tested: several-rooms -->\s*```yaml\n([\s\S]*?)\n```/.exec(page)![1]!;
  writeFileSync(
    join(directory, 'my-rooms.yaml'),
    `${text}\ntraffic: { typing: 10/s, receipts: 10/s, history: 10/s }\n`,
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function run(...flags: readonly string[]) {
  const load = ['--duration', '3s', '--warmup', '0s', '--drain', '60s', '--out', 'reports', '--json', '--no-report'];
  const { stdout, stderr } = await runChatbench(
    ['run', './my-rooms.yaml', '--target', 'embedded', ...load, ...flags],
    directory,
  );
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

it('clients in three rooms each get what is sent in all of them from the reference cluster, over one connection', async () => {
  const { messages, deliveries, connections, traffic } = await run();
  expect(messages).toMatchObject({ planned: 600, sent: 600, acked: 600 });
  expect(deliveries).toMatchObject({ expected: 5400, once: 5400, lost: 0, duplicated: 0, misrouted: 0, reordered: 0 });
  expect(connections).toMatchObject({ attempted: 60, opened: 60, failed: 0 });
  for (const kind of ['typing', 'receipts', 'history']) expect(traffic[kind]).toMatchObject({ sent: 30, failed: 0 });
});

it('and fetch what they missed of each where they were away', async () => {
  const faults = 'faults: [{ at: 1s, disconnect: clients, share: 30%, for: 800ms }]\n';
  writeFileSync(join(directory, 'my-rooms.yaml'), readFileSync(join(directory, 'my-rooms.yaml'), 'utf8') + faults);
  const { deliveries, connections } = await run();
  // Whoever joins again may be sent something twice: a room that was only joined comes at least once.
  expect(deliveries).toMatchObject({ once: deliveries.expected, lost: 0, misrouted: 0 });
  expect(deliveries.recovered).toBeGreaterThan(0);
  expect(connections).toMatchObject({ left: 18, returned: 18 });
});
