import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeResult } from '../../result/result-file.ts';
import { buildResultFixture, lossyLedger } from '../../testing/result-fixture.ts';
import { runInProcess } from '../../testing/run-in-process.ts';

let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-transcript-'));
  const healthy = buildResultFixture();
  await writeResult(join(directory, 'pass'), healthy);
  await writeResult(join(directory, 'fail'), {
    ...healthy,
    samples: { ...healthy.samples, ledger: lossyLedger(412) },
  });
  await writeResult(join(directory, 'invalid'), {
    ...healthy,
    samples: { ...healthy.samples, histograms: { ...healthy.samples.histograms, delivery: '' } },
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

it.each([
  ['report-pass', ['report', 'pass', '--format', 'csv']],
  ['report-fail', ['report', 'fail', '--format', 'csv']],
  ['report-invalid', ['report', 'invalid', '--format', 'csv']],
  ['report-quiet', ['report', 'fail', '--format', 'csv', '--quiet']],
  ['report-several', ['report', 'pass', 'fail', '--format', 'md,junit', '--out', 'out', '--quiet']],
  ['report-nothing', ['report', 'nothing']],
  ['report-unknown-format', ['report', 'pass', '--format', 'jnuit']],
  ['help-exit-codes', ['help', 'exit-codes']],
])('%s: what a terminal shows, and the exit code', async (name, args) => {
  const { stdout, stderr, exitCode } = await runInProcess(args, { cwd: directory });
  const parts = [`$ chatbench ${args.join(' ')}`, stdout, stderr, `exit code ${exitCode}`];
  const transcript = parts.map((part) => part.replace(/\n$/, '')).filter((part) => part !== '');
  await expect(`${transcript.join('\n')}\n`).toMatchFileSnapshot(`./transcripts/${name}.txt`);
});
