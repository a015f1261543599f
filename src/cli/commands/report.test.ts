import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeResult } from '../../result/result-file.ts';
import { runCommand } from '../../testing/run-command.ts';
import { smallResult } from '../../testing/small-result.ts';

const PATIENCE = { timeout: 60_000 };

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-report-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('renders a run again from its result alone, and ends with 0 although the run failed', PATIENCE, async () => {
  await writeResult(directory, smallResult({ scenario: { thresholds: ['delivery.p95 < 1ms'] } }));
  const { stdout, stderr, exitCode } = await runCommand(['report', directory, '--json']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'chatbench.summary/1',
    verdict: 'fail',
    exitCode: 4,
    thresholds: [{ expression: 'delivery.p95 < 1ms', actual: '95.0 ms', ok: false }],
  });
  expect(existsSync(join(directory, 'report.html'))).toBe(true);
});

it('refuses a result that was cut short, in one line', PATIENCE, async () => {
  writeFileSync(join(directory, 'result.json'), '{"schema": "chatbench.result/1", "id":');
  const { stdout, stderr, exitCode } = await runCommand(['report', directory]);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^error: .*result\.json: truncated or not JSON \(\d+ characters\)\nhint: .*\n$/);
});

it('says that there is no run in a directory', PATIENCE, async () => {
  const { stderr, exitCode } = await runCommand(['report', join(directory, 'nothing')]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: .*nothing\/result\.json: cannot be read \(ENOENT\)\nhint: /);
});
