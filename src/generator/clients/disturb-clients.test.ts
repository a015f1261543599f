import { describe, expect, it } from 'vitest';
import { chooseClients } from '../../plan/choose-clients.ts';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import { mergeReports, ZERO_REPORT } from '../../record/merge-reports.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import type { ShardReport } from '../../record/shard-report.ts';
import type { Fault } from '../../scenario/fault.ts';
import type { Reconnect, Scenario } from '../../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat, type VirtualChatScript } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

const MS = 1000;
const SECOND = 1_000_000;
/** A back-off of always 0: a client is back in the moment in which its absence ends. */
const AT_ONCE: Reconnect = { backoff: 'full-jitter', baseUs: 1, maxUs: 1 };

/** After a second of measure, between two messages, for half a second; two of the ten clients. */
function fault(action: Fault['action'], overrides: Partial<Fault> = {}): Fault {
  return { atUs: SECOND + 500, action, on: 'clients', forUs: 500 * MS, share: 0.2, delayUs: null, ...overrides };
}

/**
 * Five pairs of one who sends and one who listens, served in turn: 200 messages a second in each for 2 s, after half a second
 * of warm-up.
 */
function scenarioOf(faults: readonly Fault[], seed: number): Partial<Scenario> {
  return {
    protocol: 'reference',
    population: { ...populationFixture(10, 2), senderShare: 0.5, roomChoice: { kind: 'in-turn' } },
    load: loadFixture([holdRate(1_000, 2)]),
    phases: { warmupUs: 500 * MS, measureUs: 2 * SECOND, drainTimeoutUs: 5 * SECOND },
    reconnect: AT_ONCE,
    faults,
    seed,
  };
}

function runFaults(
  faults: readonly Fault[],
  seed: number,
  script: VirtualChatScript = {},
  shard?: { index: number; count: number },
) {
  const clock = new VirtualClock();
  const chat = createVirtualChat(clock, script);
  const parts = { protocol: referenceProtocol, fetchText: chat.fetchText, ...(shard && { shard }) };
  return runShardOn(clock, chat.connector, scenarioOf(faults, seed), parts);
}

function listChosen(faults: readonly Fault[], seed: number): readonly (readonly number[])[] {
  return chooseClients(buildPlanFixture(scenarioOf(faults, seed))).map((chosen) => [...chosen].sort((a, b) => a - b));
}

describe('clients that leave for half a second', () => {
  it('fetch the 100 messages that each listener missed, and send the 100 that each sender held', async () => {
    const faults = [fault('disconnect')];
    expect(listChosen(faults, SENDER_AND_LISTENER)).toEqual([[4, 9]]);
    const report = await runFaults(faults, SENDER_AND_LISTENER);
    expect(report.ledger).toMatchObject({ planned: 2_000, sent: 2_000, skipped: 0, once: 2_000, lost: 0 });
    expect(report.ledger).toMatchObject({ held: 100, recovered: 100, duplicated: 0, reordered: 0, misrouted: 0 });
    expect(report.connections).toMatchObject({ opened: 10, left: 2, returned: 2, dropped: 0, reconnected: 0 });
    // From the end of the absence: what the client decided itself is no time that anybody made it wait.
    expect(report.histograms.reconnect).toMatchObject({ count: 2, maxUs: 0 });
    // One in five messages concerned one of the two for a quarter of the time: 10 % waited, up to half a second.
    expect(report.quantile('delivery', 90)).toBe(0);
    expect(report.quantile('delivery', 95)).toBeGreaterThan(200 * MS);
    expect(report.quantile('delivery', 100)).toBeGreaterThanOrEqual(495 * MS);
    expect(report.quantile('delivery', 100)).toBeLessThanOrEqual(501 * MS);
    expect(report.breakdowns).toEqual({});
  });

  it('are the same ones over any number of shards', async () => {
    const faults = [fault('disconnect'), fault('disconnect', { atUs: 1_600 * MS, forUs: 100 * MS })];
    const whole = await runFaults(faults, SENDER_AND_LISTENER);
    const parts = [];
    for (const index of [0, 1, 2]) parts.push(await runFaults(faults, SENDER_AND_LISTENER, {}, { index, count: 3 }));
    const merged = parts.reduce<ShardReport>(mergeReports, ZERO_REPORT);
    expect(merged.ledger).toEqual(whole.ledger);
    expect(merged.connections).toMatchObject({ left: 4, returned: 4 });
    expect(parts.map(({ connections }) => connections.left)).not.toContain(4);
  });

  it('and do so again while they are away are left alone', async () => {
    const all = { share: 1 };
    const faults = [fault('disconnect', all), fault('disconnect', { ...all, atUs: 1_200 * MS })];
    const report = await runFaults(faults, 1);
    expect(report.connections).toMatchObject({ left: 10, returned: 10 });
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, skipped: 0, held: 500 });
  });
});

describe('clients that stop reading for half a second', () => {
  const faults = [fault('stall')];

  it('get everything late, p90 300 and p95 400 ms, and the others nothing', async () => {
    expect(listChosen(faults, TWO_LISTENERS)).toEqual([[3, 7]]);
    const report = await runFaults(faults, TWO_LISTENERS);
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, recovered: 0, held: 0, reordered: 0 });
    expect(report.connections).toMatchObject({ left: 0, dropped: 0 });
    const { 'client=stalled': stalled, 'client=others': others } = report.breakdowns;
    expect(others).toMatchObject({ count: 1_200, maxUs: 0 });
    expect(stalled).toMatchObject({ count: 800 });
    // Of 2 s of messages at an even pace, quantile q waited 500 − (1 − q) · 2,000 ms; they come 5 ms apart.
    for (const [percentile, expectedMs] of [
      [75, 0],
      [90, 300],
      [95, 400],
      [99, 480],
    ] as const) {
      expect(Math.abs(percentileOf(stalled!, percentile) - expectedMs * MS), `p${percentile}`).toBeLessThanOrEqual(
        5 * MS,
      );
    }
  });

  it('that the server gives up meanwhile come back, and fetch what was thrown away', async () => {
    const report = await runFaults(faults, TWO_LISTENERS, { unreadLimit: 60 });
    expect(report.connections).toMatchObject({ left: 0, dropped: 2, reconnected: 2 });
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, recovered: 200, duplicated: 0, reordered: 0 });
    expect(report.breakdowns['client=others']).toMatchObject({ count: 1_200, maxUs: 0 });
  });

  it('twice at once read on with the end of the longer stall', async () => {
    const all = { share: 1 };
    const longer = fault('stall', { ...all, atUs: 1_200 * MS, forUs: 600 * MS });
    const report = await runFaults([fault('stall', all), longer], 1);
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0 });
    // From the first message after the beginning to the end of the longer one.
    expect(report.histograms.delivery.maxUs).toBe(799 * MS);
    expect(report.breakdowns['client=others']).toMatchObject({ count: 0 });
  });
});

/** Seeds whose draw is one sender (even) and one listener of different rooms, and two listeners. */
const SENDER_AND_LISTENER = 8;
const TWO_LISTENERS = 9;
