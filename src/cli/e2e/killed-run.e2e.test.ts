import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { summarySchema } from '../../report/json/summary-schema.ts';
import { readResult } from '../../result/result-file.ts';
import { SECONDS_FILE } from '../../result/seconds-file.ts';
import { runChatbench, startChatbench } from '../../testing/run-chatbench.ts';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'chatbench-killed-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

it('a run whose process is killed is reported from the seconds that it had written', async () => {
  const load = [
    '--rate',
    '100',
    '--warmup',
    '1s',
    '--duration',
    '5m',
    '--threshold',
    'delivery.p95 < 30s for every 1s',
  ];
  const run = startChatbench(['run', 'burst', ...load, '--target', 'embedded', '--quiet', '--out', out]);
  const directory = await findDirectory();
  const path = join(directory, SECONDS_FILE);
  const linesWritten = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);
  // The first tells of the run, the next of warm-up.
  while (linesWritten() < 5) await wait(100);
  const early = await runChatbench(['report', directory]);
  expect(early.code).toBe(2);
  expect(early.stderr).toContain('its run is still under way');
  run.child.kill('SIGKILL');
  expect(await run.ended).toBe('SIGKILL');

  const { code, stdout, stderr } = await runChatbench(['report', directory, '--json']);
  expect(stderr).toContain('result.json is put together from seconds.ndjson');
  expect(code).toBe(0);
  const summary = summarySchema.parse(JSON.parse(stdout));
  const seconds = linesWritten() - 1;
  expect(summary.verdict).toBe('invalid');
  expect(summary.warnings.map((warning) => warning.code)).toContain('interrupted');
  expect(summary.messages.sent).toBeGreaterThan(0);
  expect(summary.messages.planned).toBe(summary.messages.sent + summary.messages.skipped);
  expect(summary.deliveries.expected).toBe(summary.deliveries.once + summary.deliveries.lost);
  expect(summary.latencyMs.delivery?.count).toBe(summary.deliveries.once);
  expect(summary.thresholds.find(({ expression }) => expression.endsWith('for every 1s'))).toMatchObject({ ok: true });
  expect(existsSync(join(directory, 'report.html'))).toBe(true);
  // From now on it is a run like any other, and tells the same again.
  const { samples, completeness } = await readResult(directory);
  expect(completeness.status).toBe('partial');
  expect(samples.intervals).toHaveLength(seconds);
  const again = await runChatbench(['report', directory, '--json']);
  expect(summarySchema.parse(JSON.parse(again.stdout))).toEqual(summary);
});

async function findDirectory(): Promise<string> {
  for (;;) {
    const [name] = readdirSync(out);
    if (name !== undefined) return join(out, name);
    await wait(50);
  }
}
