import { expect, it } from 'vitest';
import { pause } from '../../clock.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { beatHearts } from './beat-hearts.ts';
import type { VirtualClient } from './virtual-client.ts';

const SECOND_US = 1_000_000;

function run(clients: number, isConnected: (client: number) => boolean, frame: string | null) {
  const clock = new VirtualClock();
  const beats: { readonly client: number; readonly atUs: number; readonly what: string }[] = [];
  const fakes = Array.from({ length: clients }, (_, client) => ({
    connection: isConnected(client)
      ? {
          isOpen: true,
          sendText: (what: string) => beats.push({ client, atUs: clock.nowUs(), what }),
          sendPing: () => beats.push({ client, atUs: clock.nowUs(), what: 'ping frame' }),
        }
      : null,
  })) as unknown as VirtualClient[];
  const stop = beatHearts(fakes, { everyUs: SECOND_US, frame }, clock);
  return { clock, beats, stop };
}

it('sends every connected client’s heartbeat once per period, in turns rather than all at once', async () => {
  const { clock, beats, stop } = run(100, (client) => client !== 7, 'beat');
  await clock.runUntil(pause(clock, 3 * SECOND_US + 1));
  stop();
  for (let client = 0; client < 100; client++) {
    const times = beats.filter((beat) => beat.client === client).map(({ atUs }) => atUs);
    expect(times).toHaveLength(client === 7 ? 0 : 3);
    for (const [i, atUs] of times.slice(1).entries()) expect(atUs - times[i]!).toBe(SECOND_US);
  }
  const perInstant = new Map<number, number>();
  for (const { atUs } of beats) perInstant.set(atUs, (perInstant.get(atUs) ?? 0) + 1);
  expect(Math.max(...perInstant.values())).toBe(5);
});

it('pings where there is no frame, and stops when told', async () => {
  const { clock, beats, stop } = run(1, () => true, null);
  await clock.runUntil(pause(clock, SECOND_US + 1));
  stop();
  await clock.runUntil(pause(clock, 5 * SECOND_US));
  expect(beats).toEqual([{ client: 0, atUs: SECOND_US, what: 'ping frame' }]);
});
