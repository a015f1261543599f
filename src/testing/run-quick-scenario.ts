import { expect } from 'vitest';
import { runChatbench } from './run-chatbench.ts';

/**
 * What a machine that others keep busy may add; anything else that invalidates a run is a finding. A threshold is undecided only where
 * the generator, or what else ran, explains by how much it is missed.
 */
const BUSY_MACHINE = ['lateness', 'generator-starved', 'generator-cpu', 'generator-gc', 'host-steal', 'undecided'];

interface Counted {
  readonly planned: number;
  readonly sent: number;
  readonly failed: number;
  readonly received?: number;
  readonly latencyMs?: { readonly count: number; readonly p95: number };
}

export interface QuickOutcome {
  readonly verdict: string;
  readonly schema: string;
  readonly deliveries?: { readonly expected: number; readonly lost: number; readonly misrouted: number };
  readonly traffic?: Readonly<Record<string, Counted>>;
  readonly serverErrors?: readonly unknown[];
  readonly warnings?: readonly { readonly code: string }[];
  readonly steps?: readonly { readonly figures: { readonly lost: number; readonly deliveredPerSecond: number } }[];
}

/** Runs a ready-made scenario for a few seconds, with results below `out`. */
export async function runQuickScenario(name: string, target: string, out: string): Promise<QuickOutcome> {
  const { code, stdout, stderr } = await runChatbench([
    ...['run', name, '--quick', '--target', target, '--json', '--no-report', '--out', out],
  ]);
  // 4 and 5 are for a machine too busy to be fast; what they must never hide is looked at below.
  expect([0, 4, 5], stderr).toContain(code);
  return JSON.parse(stdout);
}

/** Nothing is lost; a run may be invalid where the machine was too busy, and for nothing else. */
export function expectNothingLost(outcome: QuickOutcome): void {
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
