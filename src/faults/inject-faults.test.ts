import { describe, expect, test } from 'vitest';
import type { Fault } from '../scenario/fault.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { type FaultActions, injectFaults } from './inject-faults.ts';

const SECOND = 1_000_000;

function fault(atSeconds: number, action: Fault['action'], on: string, overrides: Partial<Fault> = {}): Fault {
  return { atUs: atSeconds * SECOND, action, on, forUs: null, share: null, delayUs: null, ...overrides };
}

/** Runs faults for `seconds` after a warm-up of 3 s, with a log of what was done when (seconds since run start). */
async function inject(faults: readonly Fault[], seconds: number, broken: readonly string[] = []) {
  const clock = new VirtualClock();
  clock.block(7 * SECOND);
  const runStartUs = clock.nowUs();
  const log: string[] = [];
  const note = (action: string) => async (component: string, value?: number) => {
    log.push(
      `${(clock.nowUs() - runStartUs) / SECOND} ${action} ${component}${value === undefined ? '' : ` ${value}`}`,
    );
    if (broken.includes(component)) throw new Error('no such component');
    if (action === 'restart') await new Promise<void>((resolve) => clock.after(2 * SECOND, resolve));
  };
  const actions = Object.fromEntries(
    ['kill', 'restart', 'pause', 'resume', 'disconnect', 'delay'].map((action) => [action, note(action)]),
  ) as unknown as FaultActions;
  const times = { clock, runStartUs, measureStartUs: runStartUs + 3 * SECOND };
  const injection = injectFaults(faults, actions, times);
  await clock.runUntil(new Promise<void>((resolve) => clock.after((3 + seconds) * SECOND, resolve)));
  await injection.stop();
  const events = injection.events.map(({ atUs, kind, text }) => `${atUs / SECOND} ${kind}: ${text}`);
  return { log, events, about: injection.events.map(({ fault }) => fault) };
}

describe('faults', () => {
  test('begin at their time of measure, and end when they have lasted', async () => {
    const faults = [
      fault(1, 'kill', 'worker-1'),
      fault(2, 'pause', 'gateway-2', { forUs: 5 * SECOND }),
      fault(4, 'delay', 'gateway-1', { forUs: SECOND, delayUs: 100_000 }),
      fault(6, 'restart', 'rabbitmq'),
    ];
    const { log, events, about } = await inject(faults, 20);
    expect(log).toEqual([
      '4 kill worker-1',
      '5 pause gateway-2',
      '7 delay gateway-1 100000',
      '8 delay gateway-1 0',
      '9 restart rabbitmq',
      '10 resume gateway-2',
    ]);
    expect(events).toEqual([
      '4 fault: kill worker-1',
      '5 fault: pause gateway-2 for 5 s',
      '7 fault: delay gateway-1 by 100 ms for 1 s',
      '8 fault-end: gateway-1 is as before',
      '9 fault: restart rabbitmq',
      '10 fault-end: gateway-2 is as before',
      '11 fault-end: rabbitmq is back',
    ]);
    expect(about).toEqual([0, 1, 2, 2, 3, 1, 3]);
  });

  test('that last are ended with the run, and those to come never begin', async () => {
    const faults = [fault(1, 'pause', 'gateway-1', { forUs: 60 * SECOND }), fault(30, 'kill', 'worker-1')];
    expect((await inject(faults, 5)).log).toEqual(['4 pause gateway-1', '8 resume gateway-1']);
  });

  test('that cannot be brought about are told as such', async () => {
    const { events } = await inject([fault(1, 'kill', 'kafka')], 2, ['kafka']);
    expect(events).toEqual(['4 fault: kill kafka', '4 fault-failed: kill kafka: no such component']);
  });

  test('of clients are left to the plan, and told once', async () => {
    const share = { share: 0.1, forUs: SECOND };
    const { log, events } = await inject(
      [fault(1, 'stall', 'clients', share), fault(1.5, 'disconnect', 'clients', share)],
      4,
    );
    expect(log).toEqual([]);
    expect(events).toEqual([
      '4 fault: stall 10 % of clients for 1 s',
      '4.5 fault: disconnect 10 % of clients for 1 s',
      '5 fault-end: clients read on',
      '5.5 fault-end: clients come back',
    ]);
  });
});
