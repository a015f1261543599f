import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readResult } from '../../result/result-file.ts';
import { raiseAlarm } from '../../testing/inside-target.ts';
import { startChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-blocked-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('a broker that runs out of disk for some seconds loses nothing, and the timeline tells when it held gateways back', async () => {
  const scenario = join(out, 'blocked.yaml');
  // How long a busy machine takes over it does not matter: it is the deliveries that count.
  writeFileSync(
    scenario,
    `name: blocked
question: Does a broker that runs out of disk lose anything?
clients: 20
rooms: { size: 2 }
rate: 100/s
duration: 20s
warmup: 1s
drain: 60s
timeouts: { delivery: 60s }
lateness-budget: 30s
thresholds: [lost == 0, reordered == 0, misrouted == 0]
`,
  );
  const size = ['--gateways', '2', '--workers', '1'];
  const run = startChatbench(['run', scenario, '--target', 'local', ...size, '--no-report', '--no-tui', '--out', out]);
  await run.sees('measure');
  const lift = await raiseAlarm('disk');
  await sleep(4_000);
  await lift();
  expect(await run.ended, run.stderr()).toBe(0);
  const { samples, timeline } = await readResult(join(out, 'latest'));
  expect(samples.ledger).toMatchObject({ planned: 2_000, sent: 2_000, once: 2_000, lost: 0, reordered: 0 });
  for (const gateway of ['gateway-1', 'gateway-2']) {
    const told = timeline.filter(({ text }) => text.startsWith(`${gateway}: the broker`));
    expect(told.map(({ kind }) => kind)).toEqual(['blocked', 'unblocked']);
    const [from = 0, to = 0] = told.map(({ atUs }) => atUs);
    expect(to - from).toBeGreaterThan(3_000_000);
  }
});
