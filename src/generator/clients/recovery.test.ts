import { describe, expect, it } from 'vitest';
import { placeClients } from '../../plan/place-clients.ts';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import type { Reconnect, Scenario } from '../../scenario/scenario.ts';
import { holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat, type VirtualChat, type VirtualChatScript } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

const MS = 1000;
const SECOND = 1_000_000;
const GATEWAYS = ['ws://gateway-1', 'ws://gateway-2'] as const;
/** So short that a client is back within a millisecond of its gateway. */
const AT_ONCE: Reconnect = { backoff: 'full-jitter', baseUs: MS, maxUs: MS };

describe('clients whose only gateway is down for half a second', () => {
  it('send what they held, and the outage shows in the latencies of what was due in it: p90 300, p95 400, p99 480 ms', async () => {
    const report = await runChat({ reconnect: AT_ONCE }, (chat, clock) =>
      clock.after(SECOND, () => chat.drop(GATEWAYS[0], 1_500 * MS)),
    );
    expect(report.ledger).toMatchObject({ planned: 2_000, sent: 2_000, skipped: 0, once: 2_000, lost: 0 });
    expect(report.ledger).toMatchObject({ duplicated: 0, reordered: 0, misrouted: 0 });
    // What was due in the outage, and in the millisecond until a client tried again.
    expect(report.ledger.held).toBeGreaterThanOrEqual(500);
    expect(report.ledger.held).toBeLessThanOrEqual(502);
    // Of 2 s of messages at an even pace, quantile q waited 500 − (1 − q) · 2,000 ms.
    for (const [percentile, expectedMs] of [
      [90, 300],
      [95, 400],
      [99, 480],
    ] as const) {
      const actual = report.quantile('delivery', percentile);
      expect(Math.abs(actual - expectedMs * MS), `p${percentile} is ${actual} µs`).toBeLessThanOrEqual(3 * MS);
    }
    // Waiting for a connection is not the generator's own lateness, and not the server's service.
    expect(report.histograms.lateness.maxUs).toBe(0);
    expect(report.quantile('service', 99)).toBeLessThanOrEqual(MS);
    expect(report.connections).toMatchObject({ opened: 10, dropped: 10, reconnected: 10 });
    expect(report.histograms.reconnect).toMatchObject({ count: 10 });
    expect(report.quantile('reconnect', 100)).toBeLessThanOrEqual(502 * MS);
    expect(report.histograms.reconnect.sumUs).toBeGreaterThanOrEqual(10 * 500 * MS);
  });

  it('lose nothing silently without reconnecting: what cannot be sent is counted as unsendable, the target having closed', async () => {
    const report = await runChat({ reconnect: null }, (chat, clock) =>
      clock.after(SECOND, () => chat.drop(GATEWAYS[0], 1_500 * MS)),
    );
    expect(report.ledger).toMatchObject({
      planned: 2_000,
      sent: 1_000,
      skipped: 0,
      unsendable: 1_000,
      lost: 0,
      held: 0,
    });
    expect(report.connections).toMatchObject({ dropped: 10, reconnected: 0 });
  });
});

describe('clients of one of two gateways that goes down for good', () => {
  it('come back on the other one, and fetch what was sent to them meanwhile: late, not lost', async () => {
    const slowly: Reconnect = { backoff: 'full-jitter', baseUs: 400 * MS, maxUs: 400 * MS };
    const live: (number | undefined)[] = [];
    const report = await runChat(
      { reconnect: slowly },
      (chat, clock) => {
        clock.after(SECOND, () => chat.drop(GATEWAYS[0], 60 * SECOND));
        clock.after(1_900 * MS, () => live.push(...GATEWAYS.map((gateway) => chat.live.get(gateway))));
      },
      {},
      GATEWAYS,
    );
    expect(report.ledger).toMatchObject({ planned: 2_000, once: 2_000, skipped: 0, lost: 0, duplicated: 0 });
    expect(report.ledger.recovered).toBeGreaterThan(0);
    expect(report.connections).toMatchObject({
      dropped: 5,
      reconnected: 5,
      perEndpoint: { [GATEWAYS[0]]: 5, [GATEWAYS[1]]: 5 },
    });
    expect(live).toEqual([0, 10]);
  });
});

it('clients that are dropped while they join have failed: what they should send is unsendable, what they should get is lost, and no more', async () => {
  const isFailed = placeClients(10, 2, 1).map((gateway) => (gateway === 0 ? 1 : 0));
  const report = await runChat(
    { reconnect: AT_ONCE, population: { ...listeners(), roomChoice: { kind: 'in-turn' } } },
    (chat, clock) => clock.after(0, () => chat.drop(GATEWAYS[0], SECOND)),
    {},
    GATEWAYS,
  );
  // 400 messages in each of the five pairs, in which the even one sends and the odd one listens.
  const pairs = [0, 2, 4, 6, 8];
  const silent = pairs.filter((sender) => isFailed[sender] === 1);
  const deaf = pairs.filter((sender) => isFailed[sender] === 0 && isFailed[sender + 1] === 1);
  expect([silent.length, deaf.length].every((count) => count > 0)).toBe(true);
  expect(report.connections).toMatchObject({ opened: 5, failed: 5, dropped: 0 });
  expect(report.connections.failures).toEqual({ 'protocol: join: closed without a word': 5 });
  expect(report.ledger).toMatchObject({
    planned: 2_000,
    skipped: 0,
    unsendable: 400 * silent.length,
    lost: 400 * deaf.length,
  });
});

describe('a message that a client has fetched while its push was under way', () => {
  /** What was stored in the last 200 ms of the outage is pushed to those who are back, and in the history that they ask for. */
  const outage = (chat: VirtualChat, clock: VirtualClock) =>
    clock.after(SECOND, () => chat.drop(GATEWAYS[0], 1_500 * MS));
  const slow = { delayUs: 200 * MS, storeUs: 50 * MS } as const;

  it('is no duplicate when the push comes', async () => {
    const report = await runChat({ reconnect: AT_ONCE }, outage, slow, GATEWAYS);
    expect(report.ledger).toMatchObject({ planned: 2_000, once: 2_000, lost: 0, duplicated: 0, reordered: 0 });
    expect(report.ledger.recovered).toBeGreaterThan(0);
  });

  it('is one when it is pushed twice, as is any other', async () => {
    const report = await runChat(
      { reconnect: AT_ONCE, population: listeners() },
      (chat, clock) => clock.after(SECOND, () => chat.drop(GATEWAYS[1], 1_010 * MS)),
      { ...slow, repeats: () => true },
      GATEWAYS,
    );
    const { once, recovered, duplicated } = report.ledger;
    expect({ once, lost: report.ledger.lost }).toEqual({ once: 2_000, lost: 0 });
    expect(recovered).toBeGreaterThan(0);
    // Some of what was fetched was never pushed: its recipient was away.
    expect(duplicated).toBeLessThan(2_000);
    expect(duplicated).toBeGreaterThanOrEqual(2_000 - recovered);
  });
});

it('busy clients whose server is slow to store what it has acknowledged take nothing for a gap, and fetch nothing', async () => {
  const script = { storeUs: 40 * MS, delayUs: 3 * MS };
  const { report, chat } = await runChatWith({ reconnect: AT_ONCE }, undefined, script, GATEWAYS);
  expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, duplicated: 0, recovered: 0 });
  expect(chat.fetches).toBe(0);
});

it('clients that were away fetch what they missed, and nothing more once they have it', async () => {
  const { report, chat } = await runChatWith(
    { reconnect: AT_ONCE },
    ({ drop }, clock) => clock.after(SECOND, () => drop(GATEWAYS[0], 1_100 * MS)),
    // Acknowledged at once and stored later: own messages get their places behind what has been fetched.
    { storeUs: 40 * MS },
    GATEWAYS,
  );
  expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, duplicated: 0 });
  // Five clients: a page, and the empty one behind it.
  expect(chat.fetches).toBeLessThanOrEqual(2 * 5);
});

describe('a message', () => {
  it('that was stored and never acknowledged is sent again under its id, and arrives once', async () => {
    const report = await runChat({ reconnect: AT_ONCE }, undefined, { breaksOn: (message) => message % 100 === 50 });
    expect(report.ledger).toMatchObject({ planned: 2_000, acked: 2_000, once: 2_000, lost: 0, duplicated: 0 });
    expect(report.connections.dropped).toBeGreaterThanOrEqual(20);
    expect(report.connections.reconnected).toBe(report.connections.dropped);
  });

  it('whose push is lost is fetched as soon as a later one shows the gap', async () => {
    const report = await runChat({ reconnect: AT_ONCE, population: listeners() }, undefined, {
      swallows: (message) => message % 200 === 30,
    });
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, recovered: 10, duplicated: 0, reordered: 0 });
    // The room's next message, by chance one in five of 1,000 a second, is some milliseconds away.
    expect(report.quantile('delivery', 100)).toBeLessThanOrEqual(100 * MS);
  });

  it('whose push is lost at the very end is fetched while draining', async () => {
    const report = await runChat({ reconnect: AT_ONCE }, undefined, { swallows: (message) => message >= 1_990 });
    expect(report.ledger).toMatchObject({ once: 2_000, lost: 0, recovered: 10 });
  });

  it('is lost where its recipients do not fetch', async () => {
    const report = await runChat({ reconnect: null }, undefined, { swallows: (message) => message >= 1_990 });
    expect(report.ledger).toMatchObject({ once: 1_990, lost: 10, recovered: 0 });
  });
});

it('a run with drops is the same at every repetition, for one seed', async () => {
  const once = () =>
    runChat({ reconnect: { backoff: 'full-jitter', baseUs: 100 * MS, maxUs: SECOND } }, (chat, clock) =>
      clock.after(SECOND, () => chat.drop(GATEWAYS[0], 1_500 * MS)),
    );
  const [first, second] = [await once(), await once()];
  expect(first.histograms.reconnect).toEqual(second.histograms.reconnect);
  expect(first.ledger).toEqual(second.ledger);
});

async function runChat(...args: Parameters<typeof runChatWith>) {
  return (await runChatWith(...args)).report;
}

/** 2 s at 1,000/s among ten clients in pairs. */
async function runChatWith(
  overrides: Partial<Scenario>,
  disturb: (chat: VirtualChat, clock: VirtualClock) => void = () => {},
  script: VirtualChatScript = {},
  endpoints: readonly string[] = GATEWAYS.slice(0, 1),
) {
  const clock = new VirtualClock();
  const chat = createVirtualChat(clock, script);
  disturb(chat, clock);
  const report = await runShardOn(
    clock,
    chat.connector,
    {
      protocol: 'reference',
      population: populationFixture(10, 2),
      load: loadFixture([holdRate(1_000, 2)]),
      phases: { warmupUs: 0, measureUs: 2 * SECOND, drainTimeoutUs: 5 * SECOND },
      ...overrides,
    },
    { protocol: referenceProtocol, endpoints, fetchText: chat.fetchText },
  );
  return { report, chat };
}

/** Pairs of which one sends and the other listens: every message of a room comes to the same recipient. */
function listeners(): Scenario['population'] {
  return { ...populationFixture(10, 2), senderShare: 0.5 };
}
