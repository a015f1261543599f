import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicUs } from '../clock.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { listDescendants } from '../launch/supervision/process-identity.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import { type EchoServer, startEchoServer } from '../testing/echo-server.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { createLocalFleet } from './local-fleet.ts';
import { runPlan } from './run-plan.ts';
import type { ShardAssignment } from './shard-messages.ts';

const SECOND = 1_000_000;
/** Only an abort is to be over sooner, on any machine; no other of these tests is about speed. */
const PATIENCE_US = 30 * SECOND;

let server: EchoServer;
beforeEach(async () => {
  server = await startEchoServer();
});
afterEach(() => server.stop());

describe('a fleet of shards', () => {
  it('sends the same messages with three shards as with one, and accounts for all of them', async () => {
    for (const count of [1, 3]) {
      let sent = 0;
      const onInterval = (_: number, interval: { readonly sent: number }) => {
        sent += interval.sent;
      };
      const outcome = await runPlan(assign(count), { onStart() {}, onInterval }, new AbortController().signal);
      const merged = outcome.reports.reduce(mergeReports, ZERO_REPORT);
      expect(outcome.losses).toEqual([]);
      expect(merged.ledger).toMatchObject({ planned: 2_000, sent: 2_000, once: 2_000, lost: 0, misrouted: 0 });
      expect(merged.connections).toMatchObject({ attempted: 30, opened: 30, failed: 0 });
      expect(sent).toBe(2_000);
      expect(merged.health.map(({ shard }) => shard)).toEqual(Array.from({ length: count }, (_, shard) => shard));
    }
  });

  it('names a shard that dies, and keeps what the others measured', async () => {
    const pids = new Set<number>();
    const before = new Set(listChildren());
    const over: number[] = [];
    let told = 0;
    const outcome = await runPlan(
      assign(2),
      {
        onStart() {},
        onInterval(shard, { sent }) {
          told += sent;
          // Once it has something to lose.
          if (shard !== 1 || sent === 0 || pids.size > 0) return;
          for (const pid of listChildren()) if (!before.has(pid)) pids.add(pid);
          process.kill(Math.max(...pids), 'SIGKILL');
        },
        onOver: (shard) => over.push(shard),
      },
      new AbortController().signal,
    );
    expect(outcome.losses).toEqual([expect.stringContaining('SIGKILL')]);
    expect(outcome.reports).toHaveLength(1);
    // The one that died first, whichever got the larger process id.
    const survivor = outcome.reports[0]!.health[0]!.shard;
    expect(over).toEqual([1 - survivor, survivor]);
    const { planned, sent, once } = outcome.reports[0]!.ledger;
    expect(sent).toBe(planned);
    expect(once).toBe(sent);
    // The seconds of the lost one are told, too.
    expect(told).toBeGreaterThan(sent);
  });

  it('gives up a shard that stops answering, and keeps what the others measured', async () => {
    const before = new Set(listChildren());
    let stopped: number | null = null;
    const outcome = await runPlan(
      // So long that neither is done by itself before it is stopped.
      assign(2, 10),
      {
        onStart() {},
        onInterval(shard, { sent }) {
          if (shard !== 1 || sent === 0 || stopped !== null) return;
          stopped = Math.max(...listChildren().filter((pid) => !before.has(pid)));
          process.kill(stopped, 'SIGSTOP');
        },
      },
      new AbortController().signal,
      undefined,
      createLocalFleet(5),
    );
    expect(outcome.losses).toEqual([`generator process ${stopped} did not answer for 5 s, and was ended`]);
    expect(outcome.reports).toHaveLength(1);
    expect(outcome.reports[0]!.ledger.once).toBe(outcome.reports[0]!.ledger.planned);
  });

  it('ends soon after an abort, with what has been measured', async () => {
    const abort = new AbortController();
    let abortedAtUs = Number.NaN;
    const outcome = await runPlan(
      assign(1, 60),
      {
        onStart() {},
        onInterval() {
          if (abort.signal.aborted) return;
          abortedAtUs = monotonicUs();
          abort.abort();
        },
      },
      abort.signal,
    );
    expect(monotonicUs() - abortedAtUs).toBeLessThan(PATIENCE_US / 3);
    expect(outcome.losses).toEqual([]);
    const { planned, sent } = outcome.reports[0]!.ledger;
    expect(sent).toBe(planned);
    expect(sent).toBeGreaterThanOrEqual(1_000);
    expect(sent).toBeLessThan(60_000);
  });

  it('says why when not a single connection could be opened', async () => {
    server.stop();
    await expect(
      runPlan(assign(1), { onStart() {}, onInterval() {} }, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'target-unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });
});

function assign(count: number, seconds = 2): readonly ShardAssignment[] {
  const plan = buildPlanFixture({
    population: populationFixture(30, 1),
    load: loadFixture([holdRate(1_000, seconds)]),
    phases: { warmupUs: 0, measureUs: seconds * SECOND, drainTimeoutUs: PATIENCE_US },
  });
  return splitPlan(plan, count).map((shard) => ({
    shard,
    protocol: 'echo' as const,
    endpoints: [server.url],
    hosts: PRIVATE_ONLY,
    spread: 'round-robin' as const,
    rateLimit: null,
    reconnect: null,
    sourceAddress: null,
    connectTimeoutUs: PATIENCE_US,
    deliveryTimeoutUs: PATIENCE_US,
    connectConcurrency: 50,
    precise: false,
  }));
}

function listChildren(): number[] {
  return listDescendants(process.pid).map(({ pid }) => pid);
}
