import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '../gate/judge.ts';
import { readResult } from './result-file.ts';

const EXAMPLE = fileURLToPath(new URL('../../reports/example', import.meta.url));

test('the example is a whole run of burst on real brokers, in the schema of today', async () => {
  const result = await readResult(EXAMPLE);
  expect(result.scenario.name).toBe('burst');
  expect(result.scenario.load.stages[0]?.fromPerSecond).toBe(1200);
  expect(result.target.kind).toBe('local');
  expect(result.completeness.status).toBe('complete');
  expect(result.samples.ledger.once).toBe(36_000);
  expect(judge(result, result.scenario.thresholds).status).toBe('pass');
  for (const file of ['report.html', 'report.png']) expect(existsSync(join(EXAMPLE, file)), file).toBe(true);
});
