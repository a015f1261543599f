import { afterEach, expect, it } from 'vitest';
import { monotonicClock, monotonicUs } from '../../clock.ts';
import { type Metronome, startMetronome } from './metronome.ts';
import { createSpinningWakeUp, type WakeUp } from './wake-up.ts';

let metronome: Metronome | null = null;
afterEach(() => metronome?.close());

it.each(['metronome', 'spinning'])('the %s wakes when the time asked for has come, again and again', async (kind) => {
  const wakeUp = create(kind, 0);
  for (let i = 0; i < 50; i++) {
    const dueUs = monotonicUs() + 700;
    await new Promise<void>((resolve) => wakeUp.at(dueUs, resolve));
    // Two threads read one clock, each through an origin of its own that is exact to some microseconds.
    expect(monotonicUs()).toBeGreaterThanOrEqual(dueUs - 100);
  }
});

it.each(['metronome', 'spinning'])(
  'the %s forgets a time that another one replaces, or that is cancelled',
  async (kind) => {
    const wakeUp = create(kind, 0);
    const woken: string[] = [];
    wakeUp.at(monotonicUs() + 20_000, () => woken.push('first'));
    await new Promise<void>((resolve) =>
      wakeUp.at(monotonicUs() + 1_000, () => {
        woken.push('second');
        resolve();
      }),
    );
    wakeUp.at(monotonicUs() + 5_000, () => woken.push('third'));
    wakeUp.cancel();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(woken).toEqual(['second']);
  },
);

it.each(['metronome', 'spinning'])(
  'the %s wakes for 10 ms within 1 ms though it was set to 2 s before',
  async (kind) => {
    const wakeUp = create(kind, 200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const errorsUs: number[] = [];
    for (let i = 0; i < 5; i++) {
      const dueUs = monotonicUs() + 10_000;
      await new Promise<void>((resolve) => {
        wakeUp.at(dueUs + 1_990_000, () => {});
        wakeUp.at(dueUs, resolve);
      });
      errorsUs.push(monotonicUs() - dueUs);
    }
    // The machine has other work, too: the best of a few shows what the clockwork does.
    expect(Math.min(...errorsUs)).toBeLessThanOrEqual(1_000);
  },
);

it('keeps its calls a tick apart', async () => {
  const wakeUp = create('metronome', 3_000);
  const startedUs = monotonicUs();
  for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => wakeUp.at(startedUs, resolve));
  expect(monotonicUs() - startedUs).toBeGreaterThanOrEqual(9 * 3_000);
});

function create(kind: string, tickUs: number): WakeUp {
  if (kind === 'spinning') return createSpinningWakeUp(monotonicClock);
  metronome = startMetronome(tickUs);
  return metronome;
}
