import { describe, expect, it } from 'vitest';
import { referenceProtocol } from '../../protocol/adapters/reference.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import { percentileOf } from '../../record/percentile-of.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { holdRate, loadFixture, populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { createVirtualChat, type VirtualChatScript } from '../../testing/virtual-chat.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import type { RequestHttp } from '../login/request-http.ts';
import type { Journey } from './journey.ts';

const SECOND = 1_000_000;
const DELAY_MS = 20;

async function run(
  journey: Journey,
  script: VirtualChatScript = {},
  requestHttp: RequestHttp = async () => ({ outcome: 'refused', detail: 'no server' }),
  overrides: Partial<Scenario> = {},
  wrapping: Pick<ChatProtocol, 'unwrap' | 'isOpaque'> = {},
) {
  const clock = new VirtualClock();
  const chat = createVirtualChat(clock, { delayUs: DELAY_MS * 1000, ...script });
  const { history: _, ...protocol } = referenceProtocol;
  const scenario: Partial<Scenario> = {
    protocol: 'reference',
    population: populationFixture(4, 2),
    load: loadFixture([holdRate(1, 10)], { loop: 'closed', journey: '/journey.ts' }),
    phases: { warmupUs: SECOND, measureUs: 10 * SECOND, drainTimeoutUs: 5 * SECOND },
    reconnect: { backoff: 'full-jitter', baseUs: 1, maxUs: 1 },
    ...overrides,
  };
  const report = await runShardOn(clock, chat.connector, scenario, {
    protocol: { ...protocol, ...wrapping },
    journey,
    requestHttp,
  });
  const steps = new Map(report.journey!.steps.map((step) => [step.name, step]));
  return { ...report, clock, steps, failures: report.journey!.failures };
}

/** ms */
function medianOf({ latency }: { readonly latency: Parameters<typeof percentileOf>[0] }): number {
  return percentileOf(latency, 50) / 1000;
}

describe('a journey', () => {
  it('sends when the message before has arrived and it has thought, and is counted like any sender', async () => {
    const outcomes = new Set<boolean>();
    const { ledger, warmupLedger, steps, failures } = await run(async (client) => {
      outcomes.add(await client.step('say', () => client.send()));
      await client.think(80);
    });
    // 20 ms and 80 ms: ten a second of each of four clients.
    expect(ledger).toMatchObject({ planned: 400, sent: 400, expected: 400, once: 400, lost: 0, skipped: 0 });
    expect(warmupLedger).toMatchObject({ sent: 40, once: 40 });
    expect(outcomes).toEqual(new Set([true]));
    expect(steps.get('say')).toMatchObject({ begun: 400, failed: 0, unfinished: 0 });
    expect(medianOf(steps.get('say')!)).toBeCloseTo(DELAY_MS, 1);
    expect(medianOf(steps.get('journey')!)).toBeCloseTo(100, 0);
    expect(steps.get('journey')).toMatchObject({ begun: 400, unfinished: 4 });
    expect(failures).toEqual({});
  });

  it('thinks as the seed draws: the same for each client in every run, and different from each other', async () => {
    const draw = async (seed: number) => {
      const draws: number[][] = [[], [], [], []];
      const { steps } = await run(
        async (client) => {
          draws[client.number]!.push(client.random());
          await client.step('think', () => client.think(100, 900));
        },
        {},
        undefined,
        { seed },
      );
      const { latency } = steps.get('think')!;
      return { draws, latency, ends: [0.001, 50, 100].map((percentile) => percentileOf(latency, percentile) / 1000) };
    };
    const [one, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(again).toEqual(one);
    expect(other.draws).not.toEqual(one.draws);
    expect(new Set(one.draws.map(String)).size).toBe(4);
    const [least, middle, most] = one.ends as [number, number, number];
    expect(least).toBeGreaterThanOrEqual(100);
    expect(least).toBeLessThan(200);
    expect(Math.abs(middle - 500)).toBeLessThan(150);
    expect(most).toBeGreaterThan(800);
    expect(most).toBeLessThanOrEqual(901);
  });

  it('sees frames that come from the call on, by texts, tests and functions, and is told where none comes', async () => {
    const seen: string[] = [];
    const { failures, steps } = await run(async (client) => {
      const byTest = client.await({ json: { t: 'ack' } });
      const byFunction = client.await((frame) => frame.includes('"ack"'));
      await client.send();
      const [frame, same] = await Promise.all([byTest, byFunction]);
      expect(same).toBe(frame);
      seen.push(JSON.parse(frame).t);
      await client.step('in-vain', () => client.await('no such text', 300));
    });
    expect(new Set(seen)).toEqual(new Set(['ack']));
    expect(Object.keys(failures)).toEqual(['Error: no frame with "no such text" within 300 ms']);
    expect(steps.get('journey')!.failed).toBe(failures[Object.keys(failures)[0]!]);
    expect(steps.get('in-vain')!.failed).toBeGreaterThan(80);
    expect(steps.get('in-vain')!.latency.count).toBe(0);
  });

  it('sees what is wrapped in frames, also where nothing but markers is looked for in them', async () => {
    const unwrapped: string[] = [];
    const unwrap = (frame: Uint8Array) => {
      unwrapped.push(Buffer.from(frame).toString());
      return [frame];
    };
    const seen: string[] = [];
    const { failures } = await run(
      async (client) => {
        const awaited = client.await('"ack"');
        await client.send();
        seen.push(await awaited);
      },
      {},
      undefined,
      {},
      { unwrap, isOpaque: true },
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(unwrapped).toEqual(expect.arrayContaining(seen));
    expect(failures).toEqual({});
  });

  it('asks by HTTP at a path of its endpoint, keeps cookies, and fails where there is no answer', async () => {
    const asked: unknown[] = [];
    const { failures } = await run(
      async (client) => {
        if (client.number > 0 || client.pass > 1) return client.think(60_000);
        const { status, json } = await client.http({ url: '/rooms', body: { name: 'new' } });
        expect([status, json()]).toEqual([201, { id: 7 }]);
        await client.http({ url: 'http://elsewhere/' });
      },
      {},
      async (request) => {
        asked.push(request);
        return request.url.includes('elsewhere')
          ? { outcome: 'closed', detail: 'closed before it answered' }
          : { outcome: 'answered', status: 201, headers: { 'set-cookie': 'sid=secret-7; Path=/' }, text: '{"id":7}' };
      },
    );
    const body = '{"name":"new"}';
    const json = { 'content-type': 'application/json' };
    expect(asked).toEqual([
      { method: 'POST', url: 'http://virtual/rooms', headers: json, body },
      { method: 'GET', url: 'http://elsewhere/', headers: {}, body: null },
      { method: 'POST', url: 'http://virtual/rooms', headers: { ...json, cookie: 'sid=secret-7' }, body },
      { method: 'GET', url: 'http://elsewhere/', headers: {}, body: null },
    ]);
    expect(failures).toEqual({});
  });

  it('leaves and joins, and nothing is lost by that, nor waited for in vain', async () => {
    const { ledger, connections } = await run(async (client) => {
      if (client.number % 2 === 0) {
        expect(await client.send()).toBe(true);
        await client.think(50);
        return;
      }
      await client.think(500);
      await client.leave();
      expect(await client.send()).toBe(false);
      await client.think(500);
      await client.join();
      await client.join();
    });
    expect(ledger).toMatchObject({ lost: 0, duplicated: 0, misrouted: 0, reordered: 0 });
    expect(ledger.once).toBe(ledger.expected);
    expect(ledger.expected).toBeGreaterThan(50);
    expect(ledger.expected).toBeLessThan(ledger.sent);
    expect(connections.left).toBeGreaterThan(10);
    expect(connections.returned).toBe(connections.left);
  });

  it('that fails is counted by why, without holding up the others, and begins again after a rest', async () => {
    const { steps, failures, ledger } = await run(async (client) => {
      if (client.number === 3) throw new TypeError('x is not a function\n  at somewhere');
      if (client.number === 2) await client.send(5);
      await client.send();
      await client.think(80);
    });
    expect(failures).toEqual({
      'TypeError: x is not a function': 100,
      'RangeError: client 2 is in room 1, not in room 5': 100,
    });
    expect(steps.get('journey')).toMatchObject({ failed: 200 });
    expect(ledger).toMatchObject({ sent: 200, once: 200 });
  });

  it('that waits for nothing at all ends with measure, too', async () => {
    const { steps } = await run(async () => {});
    expect(steps.get('journey')!.begun).toBe(40_000);
  });
});
