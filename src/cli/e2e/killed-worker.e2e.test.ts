import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readResult } from '../../result/result-file.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-killed-worker-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('a worker that is killed beside another loses and reorders nothing, and the timeline names it', async () => {
  const scenario = join(out, 'killed.yaml');
  // How long a busy machine takes over it does not matter: it is the deliveries that count.
  writeFileSync(
    scenario,
    `name: killed
question: Does a killed worker lose or reorder anything?
clients: 20
rooms: { size: 2 }
rate: 300/s
duration: 6s
drain: 60s
timeouts: { delivery: 60s }
lateness-budget: 30s
faults: [{ at: 2s, kill: worker-1 }]
thresholds: [lost == 0, reordered == 0, misrouted == 0]
`,
  );
  const { code, stderr } = await runChatbench([
    ...['run', scenario, '--target', 'local', '--workers', '2', '--no-report', '--quiet', '--out', out],
  ]);
  expect(code, stderr).toBe(0);
  const { samples, timeline } = await readResult(join(out, 'latest'));
  expect(samples.ledger).toMatchObject({ planned: 1_800, sent: 1_800, once: 1_800, lost: 0, reordered: 0 });
  expect(timeline).toContainEqual(expect.objectContaining({ kind: 'fault', text: 'kill worker-1' }));
});
