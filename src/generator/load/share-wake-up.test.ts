import { describe, expect, it } from 'vitest';
import { createVirtualWakeUp, VirtualClock } from '../../testing/virtual-clock.ts';
import { shareWakeUp } from './share-wake-up.ts';
import type { WakeUp } from './wake-up.ts';

/** Sets both, does what `then` says, and lists who woke when, until `endUs`. */
async function listWakes(then: (first: WakeUp, second: WakeUp, note: (name: string) => () => void) => void) {
  const clock = new VirtualClock();
  const [first, second] = shareWakeUp(createVirtualWakeUp(clock), clock);
  const wakes: string[] = [];
  then(first, second, (name) => () => wakes.push(`${name} at ${clock.nowUs()}`));
  await clock.runUntil(new Promise<void>((resolve) => clock.after(1_000, resolve)));
  return wakes;
}

describe('a wake-up for two', () => {
  it('wakes each at its own time, whichever was set first', async () => {
    const wakes = await listWakes((first, second, note) => {
      first.at(300, note('first'));
      second.at(200, note('second'));
    });
    expect(wakes).toEqual(['second at 200', 'first at 300']);
  });

  it('wakes both where they are due at once, and once only', async () => {
    const wakes = await listWakes((first, second, note) => {
      first.at(200, note('first'));
      second.at(200, note('second'));
    });
    expect(wakes).toEqual(['first at 200', 'second at 200']);
  });

  it('lets one go on, be set anew or be cancelled without touching the other', async () => {
    const wakes = await listWakes((first, second, note) => {
      first.at(100, () => {
        note('first')();
        first.at(500, note('first'));
      });
      second.at(400, note('second'));
      second.at(600, note('second'));
      first.at(50, () => {
        note('first')();
        first.at(700, note('never'));
        first.cancel();
      });
    });
    expect(wakes).toEqual(['first at 50', 'second at 600']);
  });

  it('asks again where it was woken early', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const early: WakeUp = {
      at: (timeUs, callback) => void clock.after(Math.ceil((timeUs - clock.nowUs()) / 2), callback),
      cancel() {},
    };
    const [first] = shareWakeUp(early, clock);
    await clock.runUntil(
      new Promise<void>((resolve) =>
        first.at(100, () => {
          times.push(clock.nowUs());
          resolve();
        }),
      ),
    );
    expect(times).toEqual([100]);
  });
});
