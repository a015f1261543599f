import { describe, expect, it } from 'vitest';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import type { BackgroundTraffic, Scenario } from '../../scenario/scenario.ts';
import { holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat, type VirtualChat, type VirtualChatScript } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { FetchText } from '../clients/sync-rooms.ts';

const MS = 1000;
const SECOND = 1_000_000;
const GATEWAY = 'ws://gateway-1';
const TRAFFIC: readonly BackgroundTraffic[] = [
  { kind: 'typing', perSecond: 50 },
  { kind: 'receipts', perSecond: 100 },
  { kind: 'history', perSecond: 10 },
];

interface Parts {
  readonly scenario?: Partial<Scenario>;
  readonly script?: VirtualChatScript;
  readonly fetchText?: ((chat: VirtualChat, clock: VirtualClock) => FetchText) | undefined;
  readonly arrange?: (chat: VirtualChat, clock: VirtualClock) => void;
  readonly isPaused?: () => boolean;
}

/** 12 clients in rooms of 3, two seconds of measure after one of warm-up, 100 messages a second. */
async function runChat({ scenario, script = { delayUs: 2 * MS }, fetchText, arrange, isPaused }: Parts = {}) {
  const clock = new VirtualClock();
  const chat = createVirtualChat(clock, script);
  arrange?.(chat, clock);
  const report = await runShardOn(
    clock,
    chat.connector,
    {
      protocol: 'reference',
      population: populationFixture(12, 3),
      load: loadFixture([holdRate(100, 2)]),
      phases: { warmupUs: SECOND, measureUs: 2 * SECOND, drainTimeoutUs: SECOND },
      traffic: TRAFFIC,
      ...scenario,
    },
    {
      protocol: referenceProtocol,
      endpoints: [GATEWAY],
      fetchText: fetchText?.(chat, clock) ?? chat.fetchText,
      ...(isPaused ? { isPaused } : {}),
    },
  );
  const [typing, receipts, history] = report.traffic;
  return { chat, report, typing: typing!, receipts: receipts!, history: history! };
}

/** Answers after a time, or not at all. */
function answerAfter(delayUs: number | null): Parts['fetchText'] {
  return (chat, clock) => (url) =>
    new Promise((resolve) => delayUs !== null && clock.after(delayUs, () => resolve(chat.fetchText(url))));
}

describe('traffic beside messages', () => {
  it('goes out as planned, on time, and reaches the other members, who take none of it for a message', async () => {
    const { chat, report, typing, receipts, history } = await runChat();
    expect(typing).toMatchObject({ kind: 'typing', planned: 100, sent: 100, failed: 0, received: 200, latency: null });
    expect(receipts).toMatchObject({ planned: 200, sent: 200, failed: 0, received: 400, latency: null });
    expect(history).toMatchObject({ planned: 20, sent: 20, failed: 0, received: null });
    expect(report.ledger).toMatchObject({ planned: 200, sent: 200, once: 400, lost: 0, duplicated: 0, misrouted: 0 });
    expect(report.serverErrors).toEqual([]);
    const dueUs = (perSecond: number) => Array.from({ length: 3 * perSecond }, (_, k) => (k * SECOND) / perSecond);
    expect(timesOf(chat, 'typing')).toEqual(dueUs(50));
    expect(timesOf(chat, 'read')).toEqual(dueUs(100));
    expect(chat.fetches).toBe(30);
  });

  it('tells in a receipt how far its reader has come, and never less than before', async () => {
    const { chat } = await runChat();
    const read = new Map<string, number>();
    for (const { user, signal } of chat.signals.filter(({ signal }) => signal.includes('"read"'))) {
      const { seq } = JSON.parse(signal) as { seq: number };
      expect(seq).toBeGreaterThanOrEqual(read.get(user) ?? 0);
      read.set(user, seq);
    }
    // 300 messages over 4 rooms: by the end everybody is somewhere in the second half.
    expect(read.size).toBe(12);
    for (const seq of read.values()) expect(seq).toBeGreaterThan(37);
  });

  it('reads the page of history before the last message that the client has', async () => {
    const asked: number[] = [];
    await runChat({
      scenario: { load: loadFixture([holdRate(1_000, 2)]) },
      fetchText: (chat) => (url) => {
        asked.push(Number(/after=(\d+)/.exec(url)![1]));
        return chat.fetchText(url);
      },
    });
    expect(asked[0]).toBe(0);
    // 250 messages a second in a room of three, of which the client has all but its own last ones.
    expect(asked.at(-1)).toBeGreaterThan(600);
    expect(asked.at(-1)).toBeLessThanOrEqual(700);
  });

  it('times a read of history from when it was due', async () => {
    const { history } = await runChat({ fetchText: answerAfter(30 * MS) });
    expect(history).toMatchObject({ sent: 20, failed: 0 });
    for (const percentile of [50, 100]) {
      expect(Math.abs(percentileOf(history.latency!, percentile) - 30 * MS)).toBeLessThan(30);
    }
  });

  it('tells how long a read waited for its turn here, which is no doing of the server', async () => {
    const wait = (chat: VirtualChat, clock: VirtualClock) => (url: string, onSend?: () => void) =>
      new Promise<string | null>((resolve) =>
        clock.after(20 * MS, () => {
          onSend?.();
          resolve(chat.fetchText(url));
        }),
      );
    const { history } = await runChat({ fetchText: wait });
    expect(history.lateness).toMatchObject({ count: 20 });
    for (const { maxUs } of [history.latency!, history.lateness!, history.own!.measured])
      expect(Math.abs(maxUs - 20 * MS)).toBeLessThan(30);
    expect(history.own!.without).toMatchObject({ count: 20, maxUs: 0 });
  });

  it('waits for reads as long as for deliveries, and leaves the end of the deliveries where it was', async () => {
    const scenario = { phases: { warmupUs: SECOND, measureUs: 2 * SECOND, drainTimeoutUs: 4 * SECOND } };
    const { report, history } = await runChat({ scenario, fetchText: answerAfter(3_500 * MS) });
    expect(history).toMatchObject({ sent: 20, failed: 0 });
    expect(report.drainEndUs).toBeLessThan(3 * SECOND + 20 * MS);
  });

  it.each([
    ['without an answer', answerAfter(null)],
    ['answered with an error', (): FetchText => async () => null],
  ])('counts reads %s as failed, and leaves messages and signals alone', async (_, fetchText) => {
    const { report, typing, history } = await runChat({ fetchText });
    expect(history).toMatchObject({ planned: 20, sent: 20, failed: 20 });
    expect(history.latency!.count).toBe(0);
    expect(typing).toMatchObject({ planned: 100, sent: 100, failed: 0 });
    expect(report.ledger).toMatchObject({ once: 400, lost: 0 });
  });

  it('fails, and is counted, where clients have lost their connection', async () => {
    const { typing, receipts, history } = await runChat({
      arrange: (chat, clock) => clock.after(2 * SECOND, () => chat.drop(GATEWAY, 60 * SECOND)),
    });
    expect(typing).toMatchObject({ planned: 100, sent: 50, failed: 50 });
    expect(receipts).toMatchObject({ planned: 200, sent: 100, failed: 100 });
    expect(history).toMatchObject({ planned: 20, sent: 10, failed: 10 });
  });

  it('stands still while arrivals are paused', async () => {
    const { chat, typing } = await runChat({ isPaused: () => true });
    expect(typing).toMatchObject({ planned: 100, sent: 0, failed: 100 });
    expect(chat.signals).toEqual([]);
  });

  it('goes on at its pace beside a closed loop', async () => {
    const { report, typing, history } = await runChat({
      scenario: { load: loadFixture([holdRate(100, 2)], { loop: 'closed', thinkTimeUs: 20 * MS }) },
    });
    expect(typing).toMatchObject({ planned: 100, sent: 100 });
    expect(history).toMatchObject({ planned: 20, sent: 20, failed: 0 });
    expect(report.ledger.lost).toBe(0);
    expect(report.ledger.sent).toBeGreaterThan(500);
  });

  it('is not there where none is planned: nothing is counted, nothing is asked for', async () => {
    const { chat, report } = await runChat({ scenario: { traffic: [] } });
    expect(report.traffic).toEqual([]);
    expect(chat.signals).toEqual([]);
    expect(chat.fetches).toBe(0);
  });
});

function timesOf({ signals }: VirtualChat, kind: 'typing' | 'read'): readonly number[] {
  return signals.filter(({ signal }) => signal.startsWith(`{"t":"${kind}"`)).map(({ atUs }) => atUs);
}
