import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Scenario } from '../scenario/scenario.ts';
import { holdRate, loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { runShardOn } from '../testing/run-shard-on.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createVirtualEcho } from '../testing/virtual-server.ts';
import type { Connector } from './connection.ts';

const SECOND = 1_000_000;

const scenario = fc
  .record({
    seed: fc.nat(),
    clients: fc.integer({ min: 1, max: 12 }),
    perSecond: fc.integer({ min: 1, max: 300 }),
    process: fc.constantFrom('constant' as const, 'poisson' as const),
    loop: fc.constantFrom('open' as const, 'closed' as const),
    zipf: fc.boolean(),
    warmupUs: fc.constantFrom(0, 200_000),
  })
  .map(
    ({ seed, clients, perSecond, process, loop, zipf, warmupUs }): Partial<Scenario> => ({
      seed,
      population: {
        clients,
        roomClasses: [{ size: 1, count: clients }],
        roomChoice: zipf ? { kind: 'zipf', exponent: 1.2 } : { kind: 'uniform' },
        senderShare: 1,
        connectPerSecond: null,
      },
      load: loadFixture([holdRate(perSecond, 1)], { process, loop, thinkTimeUs: 50_000 }),
      phases: { warmupUs, measureUs: SECOND, drainTimeoutUs: SECOND },
    }),
  );

const server = fc.record({
  delayUs: fc.integer({ min: 0, max: 400_000 }),
  losesEvery: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
  repeatsEvery: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
  closesAtUs: fc.option(fc.integer({ min: 1_000, max: SECOND }), { nil: null }),
});

it('planned = sent + skipped + unsendable and expected = once + lost, for every scenario and whatever the server does', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, server, async (overrides, { delayUs, losesEvery, repeatsEvery, closesAtUs }) => {
      const clock = new VirtualClock();
      const echo = createVirtualEcho(clock, (atUs, frame) => {
        if (losesEvery !== null && frame % losesEvery === 0) return null;
        return repeatsEvery !== null && frame % repeatsEvery === 0 ? [atUs + delayUs, atUs + delayUs] : atUs + delayUs;
      });
      const report = await runShardOn(clock, closesAtUs === null ? echo : closeAt(clock, echo, closesAtUs), overrides);
      for (const ledger of [report.ledger, report.warmupLedger]) {
        expect(ledger.planned).toBe(ledger.sent + ledger.skipped + ledger.unsendable);
        if (closesAtUs === null) expect(ledger.unsendable).toBe(0);
        else expect(ledger.skipped).toBe(0);
        expect(ledger.expected).toBe(ledger.once + ledger.lost);
        expect(ledger.expected).toBe(ledger.sent);
      }
      if (overrides.load?.loop === 'open') {
        expect(report.ledger.planned).toBe(report.planned.measure);
        expect(report.warmupLedger.planned).toBe(report.planned.warmup);
      }
      expect(report.histograms.delivery.count).toBe(report.ledger.once);
      expect(report.histograms.lateness.count).toBe(report.ledger.sent);
      const due = report.seconds.flatMap((second) => second.due);
      expect(due.reduce((sum, { awaited }) => sum + awaited, 0)).toBe(report.ledger.lost);
      expect(due.reduce((sum, { delivery }) => sum + delivery.count, 0)).toBe(report.ledger.once);
      const inSeconds = report.seconds.reduce((sum, second) => sum + second.sent + second.skipped, 0);
      const both = [report.ledger, report.warmupLedger];
      expect(inSeconds).toBe(both.reduce((sum, { planned, unsendable }) => sum + planned - unsendable, 0));
      const offered = report.seconds.reduce((sum, second) => sum + second.offered, 0);
      expect(offered).toBe(both.reduce((sum, { planned }) => sum + planned, 0));
    }),
    { numRuns: 60 },
  );
});

const GROUPED: Partial<Scenario> = {
  population: populationFixture(12, 1),
  load: loadFixture([holdRate(300, 1)], { process: 'poisson' }),
  phases: { warmupUs: 200_000, measureUs: SECOND, drainTimeoutUs: SECOND },
  groups: [
    { name: 'readers', share: 0.5, messages: 0 },
    { name: 'talkers', share: 0.25, messages: 0.4, payloads: [{ bytes: 90, share: 1 }] },
    { name: 'bots', share: 0.25, messages: 0.6 },
  ],
};

it('the books of groups hold each by itself, and add up to those of the run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), server, async (seed, { delayUs, losesEvery, repeatsEvery, closesAtUs }) => {
      const clock = new VirtualClock();
      const echo = createVirtualEcho(clock, (atUs, frame) => {
        if (losesEvery !== null && frame % losesEvery === 0) return null;
        return repeatsEvery !== null && frame % repeatsEvery === 0 ? [atUs + delayUs, atUs + delayUs] : atUs + delayUs;
      });
      const connector = closesAtUs === null ? echo : closeAt(clock, echo, closesAtUs);
      const { ledger: whole, groups } = await runShardOn(clock, connector, { ...GROUPED, seed });
      expect(groups.map(({ name, clients }) => [name, clients])).toEqual([
        ['readers', 6],
        ['talkers', 3],
        ['bots', 3],
      ]);
      for (const { ledger, delivery } of groups) {
        expect(ledger.planned).toBe(ledger.sent + ledger.skipped + ledger.unsendable);
        expect(ledger.expected).toBe(ledger.once + ledger.lost);
        expect(delivery.count).toBe(ledger.once);
      }
      for (const key of Object.keys(groups[0]!.ledger) as (keyof (typeof groups)[0]['ledger'])[]) {
        expect(
          groups.reduce((sum, { ledger }) => sum + ledger[key], 0),
          key,
        ).toBe(whole[key]);
      }
      const received = groups.reduce((sum, group) => sum + group.received.delivery.count, 0);
      expect(received).toBe(whole.once);
      expect(groups.reduce((sum, group) => sum + group.received.lost, 0)).toBe(whole.lost);
      expect(groups[0]!.ledger.planned).toBe(0);
    }),
    { numRuns: 30 },
  );
});

function closeAt(clock: VirtualClock, echo: Connector, atUs: number): Connector {
  return {
    async connect(opening, timeoutUs, listener) {
      const outcome = await echo.connect(opening, timeoutUs, listener);
      clock.after(atUs, () => {
        if (outcome.outcome === 'ok') outcome.connection.close();
        listener.onClose('gone');
      });
      return outcome;
    },
  };
}
