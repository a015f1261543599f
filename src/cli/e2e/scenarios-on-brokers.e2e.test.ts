import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { expectNothingLost, runQuickScenario } from '../../testing/run-quick-scenario.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-scenarios-on-brokers-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('a quick run on real brokers', () => {
  test.each(['burst', 'throughput-latency', 'connections', 'failover'])('of %s loses nothing', async (name) => {
    expectNothingLost(await runQuickScenario(name, 'local', out));
  });
});
