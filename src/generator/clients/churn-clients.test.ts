import { describe, expect, it } from 'vitest';
import { assignGroups } from '../../plan/assign-groups.ts';
import { drawTurnUs } from '../../plan/sessions.ts';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import type { Group, Reconnect, Scenario } from '../../scenario/scenario.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat, type VirtualChatScript } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

const SECOND = 1_000_000;
/** A back-off of always 0: a client is back in the moment in which its absence ends. */
const AT_ONCE: Reconnect = { backoff: 'full-jitter', baseUs: 1, maxUs: 1 };
const SESSION = { lengthUs: 2 * SECOND, awayUs: SECOND, isFixed: false };

function scenarioOf(overrides: Partial<Group> = {}): Partial<Scenario> {
  return {
    protocol: 'reference',
    population: populationFixture(40, 4),
    load: loadFixture([holdRate(400, 10)]),
    phases: { warmupUs: SECOND, measureUs: 10 * SECOND, drainTimeoutUs: 5 * SECOND },
    reconnect: AT_ONCE,
    groups: [
      { name: 'regulars', share: 0.5, messages: 0.5 },
      { name: 'movers', share: 0.5, messages: 0.5, session: SESSION, ...overrides },
    ],
  };
}

/** @param hasHistory whoever is back can fetch what was sent meanwhile */
function run(scenario: Partial<Scenario>, script: VirtualChatScript = {}, hasHistory = false) {
  const clock = new VirtualClock();
  const chat = createVirtualChat(clock, { delayUs: 20_000, ...script });
  const { history: _, ...plain } = referenceProtocol;
  return runShardOn(clock, chat.connector, scenario, {
    protocol: hasHistory ? referenceProtocol : plain,
    fetchText: chat.fetchText,
  });
}

/** By the plan alone: absences of the movers that end within measure, and how long all are away in it in all, µs. */
function readPlan(scenario: Partial<Scenario>) {
  const plan = buildPlanFixture(scenario);
  const endUs = plan.phases.warmupUs + plan.phases.measureUs;
  const { members } = assignGroups(plan)!;
  let absences = 0;
  let awayUs = 0;
  for (const client of members[1]!) {
    let atUs = 0;
    for (let turn = 0; atUs < endUs; turn++) {
      const fromUs = atUs;
      atUs += drawTurnUs(plan.seed, plan.groups[1]!.session!, client, turn);
      if (turn % 2 === 0) continue;
      if (atUs < endUs) absences++;
      awayUs += Math.min(atUs, endUs) - fromUs;
    }
  }
  return { absences, awayUs, endUs };
}

describe('a group that comes and goes', () => {
  it.each([false, true])(
    'leaves and returns as the plan has it, and loses nothing by that (history: %s)',
    async (hasHistory) => {
      const report = await run(scenarioOf(), {}, hasHistory);
      const { absences } = readPlan(scenarioOf());
      expect(absences).toBeGreaterThan(50);
      expect(report.connections).toMatchObject({ left: absences, returned: absences, dropped: 0 });
      const { ledger } = report;
      expect(ledger).toMatchObject({ skipped: 0, unsendable: 0, lost: 0, duplicated: 0, misrouted: 0, reordered: 0 });
      expect(ledger.planned).toBe(report.planned.measure);
      expect(ledger.once).toBe(ledger.expected);
      // A message has three recipients, of whom about half are movers; those are away about a third of the time.
      expect(ledger.expected).toBeGreaterThan(ledger.sent * 2.2);
      expect(ledger.expected).toBeLessThan(ledger.sent * 2.75);
      expect(report.histograms.delivery.count).toBe(ledger.once);
      expect(report.quantile('delivery', 100)).toBeLessThan(21_000);
    },
  );

  it('sends by those who are there, as much as it is to', async () => {
    const { groups, ledger } = await run(scenarioOf());
    expect(Math.abs(groups[1]!.ledger.sent - ledger.sent / 2)).toBeLessThan(5);
    expect(ledger.held).toBe(0);
  });

  it('is audited all the same: what never came to those who are there is lost', async () => {
    const swallows = (message: number) => message % 10 === 0;
    const { ledger, groups } = await run(scenarioOf(), { swallows });
    expect(ledger.expected).toBe(ledger.once + ledger.lost);
    expect(ledger.lost / ledger.expected).toBeGreaterThan(0.08);
    expect(ledger.lost / ledger.expected).toBeLessThan(0.12);
    expect(groups.reduce((sum, { received }) => sum + received.lost, 0)).toBe(ledger.lost);
    expect(groups.reduce((sum, group) => sum + group.ledger.expected, 0)).toBe(ledger.expected);
  });

  it('tells a duplicate of what was sent since a client was back', async () => {
    const { ledger } = await run(scenarioOf(), { repeats: (message) => message % 4 === 0 });
    expect(ledger.duplicated).toBeGreaterThan(ledger.expected / 8);
    expect(ledger).toMatchObject({ lost: 0, misrouted: 0 });
  });

  it('gets along with nobody being there: a message to none is no lost one', async () => {
    const session = { lengthUs: SECOND / 10, awayUs: 1_000 * SECOND, isFixed: true };
    const scenario = scenarioOf({ session });
    const { ledger } = await run({
      ...scenario,
      population: populationFixture(40, 2),
      groups: [
        { name: 'regulars', share: 0.5, messages: 1 },
        { name: 'movers', share: 0.5, messages: 0, session },
      ],
    });
    expect(ledger.sent).toBe(4_000);
    expect(ledger).toMatchObject({ lost: 0, duplicated: 0, acked: 4_000 });
    expect(ledger.expected).toBeLessThan(4_000);
  });
});

describe('the turns of a client', () => {
  it.each([
    ['exponential', { lengthUs: 30 * SECOND, awayUs: 10 * SECOND, isFixed: false }],
    ['fixed', { lengthUs: 30 * SECOND, awayUs: 10 * SECOND, isFixed: true }],
  ])('that are %s have the means that are asked for', (_, session) => {
    const means = [0, 1].map((parity) => {
      const turns = Array.from({ length: 4_000 }, (_, i) =>
        drawTurnUs(7, session, i % 50, 2 + parity + 2 * Math.floor(i / 50)),
      );
      return turns.reduce((sum, us) => sum + us, 0) / turns.length / SECOND;
    });
    expect(Math.abs(means[0]! - 30)).toBeLessThan(session.isFixed ? 1e-9 : 2);
    expect(Math.abs(means[1]! - 10)).toBeLessThan(session.isFixed ? 1e-9 : 0.7);
  });

  it('that are fixed do not all end at once: a part of the first is over when the run begins', () => {
    const session = { lengthUs: 30 * SECOND, awayUs: 10 * SECOND, isFixed: true };
    const firsts = Array.from({ length: 1_000 }, (_, client) => drawTurnUs(7, session, client, 0)).sort(
      (a, b) => a - b,
    );
    for (const [i, us] of firsts.entries()) expect(Math.abs(us / session.lengthUs - i / 1_000)).toBeLessThan(0.06);
  });

  it('that are exponential are so, by Kolmogorov–Smirnov', () => {
    const session = { lengthUs: 30 * SECOND, awayUs: 10 * SECOND, isFixed: false };
    const turns = Array.from({ length: 2_000 }, (_, client) => drawTurnUs(3, session, client, 0)).sort((a, b) => a - b);
    const distance = Math.max(
      ...turns.map((us, i) => Math.abs((i + 0.5) / turns.length - (1 - Math.exp(-us / session.lengthUs)))),
    );
    expect(distance).toBeLessThan(1.95 / Math.sqrt(turns.length));
  });
});
