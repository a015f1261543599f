import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listScenarioNames } from '../../scenario/load-scenario.ts';
import { runChatbench } from '../../testing/run-chatbench.ts';

const out = mkdtempSync(join(tmpdir(), 'chatbench-scenarios-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What a machine that others keep busy may add; anything else that spoils a run is a finding. */
const BUSY_MACHINE = ['lateness', 'generator-starved', 'generator-cpu', 'generator-gc', 'host-steal'];

interface Counted {
  readonly planned: number;
  readonly sent: number;
  readonly failed: number;
  readonly received?: number;
  readonly latencyMs?: { readonly count: number; readonly p95: number };
}

interface Outcome {
  readonly verdict: string;
  readonly schema: string;
  readonly deliveries?: { readonly expected: number; readonly lost: number; readonly misrouted: number };
  readonly traffic?: Readonly<Record<string, Counted>>;
  readonly serverErrors?: readonly unknown[];
  readonly warnings?: readonly { readonly code: string }[];
  readonly steps?: readonly { readonly figures: { readonly lost: number; readonly deliveredPerSecond: number } }[];
}

async function runQuick(name: string, target: string): Promise<Outcome> {
  const { code, stdout, stderr } = await runChatbench([
    ...['run', name, '--quick', '--target', target, '--json', '--no-report', '--out', out],
  ]);
  // 4 and 5 are for a machine too busy to be fast; what they must never hide is looked at below.
  expect([0, 4, 5], stderr).toContain(code);
  return JSON.parse(stdout);
}

function expectWhole(outcome: Outcome): void {
  if (outcome.steps !== undefined) {
    expect(outcome.steps.length).toBeGreaterThan(0);
    for (const { figures } of outcome.steps) {
      expect(figures.lost).toBe(0);
      expect(figures.deliveredPerSecond).toBeGreaterThan(0);
    }
    return;
  }
  expect(outcome.deliveries?.expected).toBeGreaterThan(0);
  expect(outcome.deliveries).toMatchObject({ lost: 0, misrouted: 0 });
  if (outcome.verdict === 'invalid') {
    expect(outcome.warnings!.some(({ code }) => BUSY_MACHINE.includes(code))).toBe(true);
  }
}

// `echo` is for servers that echo; its own test has one.
const NAMES = listScenarioNames().filter((name) => name !== 'echo');

describe('a quick run on the embedded cluster', () => {
  test.each(NAMES.filter((name) => name !== 'mixed'))('of %s loses nothing', async (name) => {
    expectWhole(await runQuick(name, 'embedded'));
  });

  test('of mixed loses nothing, and its clients type, read and scroll back as planned', async () => {
    const outcome = await runQuick('mixed', 'embedded');
    expectWhole(outcome);
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

describe('a quick run on real brokers', () => {
  test.each(['burst', 'throughput-latency', 'connections', 'failover'])('of %s loses nothing', async (name) => {
    expectWhole(await runQuick(name, 'local'));
  });
});
