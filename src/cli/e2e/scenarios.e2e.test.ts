import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listScenarioNames } from '../../scenario/load-scenario.ts';
import { expectNothingLost, runQuickScenario } from '../../testing/run-quick-scenario.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-scenarios-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

// `echo` is for servers that echo; its own test has one.
const NAMES = listScenarioNames().filter((name) => name !== 'echo');

describe('a quick run on the embedded cluster', () => {
  test.concurrent.each(NAMES.filter((name) => name !== 'mixed'))('of %s loses nothing', async (name) => {
    expectNothingLost(await runQuickScenario(name, 'embedded', out));
  });

  test.concurrent('of mixed loses nothing, and its clients type, read and scroll back as planned', async () => {
    const outcome = await runQuickScenario('mixed', 'embedded', out);
    expectNothingLost(outcome);
    const { typing, receipts, history } = outcome.traffic!;
    // Poisson arrivals at 50, 100 and 10 a second in 3 s, the same for the same seed.
    for (const [counted, mean] of [
      [typing!, 150],
      [receipts!, 300],
      [history!, 30],
    ] as const) {
      expect(Math.abs(counted.planned - mean)).toBeLessThan(5 * Math.sqrt(mean));
      expect(counted).toMatchObject({ sent: counted.planned, failed: 0 });
    }
    expect(typing!.received).toBeGreaterThan(0);
    expect(receipts!.received).toBeGreaterThan(receipts!.sent);
    expect(history!.latencyMs!.count).toBe(history!.planned);
    expect(history!.latencyMs!.p95).toBeGreaterThan(0);
    expect(outcome.serverErrors).toEqual([]);
  });
});
