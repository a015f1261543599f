import { describe, expect, it } from 'vitest';
import { createVirtualWakeUp, VirtualClock } from '../../testing/virtual-clock.ts';
import { type Arrivals, driveArrivals } from './drive-arrivals.ts';
import type { WakeUp } from './wake-up.ts';

interface Played {
  readonly clock: VirtualClock;
  /** What was sent: of which schedule, due when, and sent when, in µs since run start; `|` after each flush. */
  readonly log: string[];
  schedule(name: string, ...dueUs: number[]): Arrivals;
  drive(arrivals: readonly Arrivals[], wakeUp?: WakeUp): Promise<void>;
  readonly abort: AbortController;
}

const START_US = 1_000;

function play(onSend: (name: string, played: Played) => void = () => {}): Played {
  const clock = new VirtualClock();
  const log: string[] = [];
  const abort = new AbortController();
  const played: Played = {
    clock,
    log,
    abort,
    schedule(name, ...dueUs) {
      let at = -1;
      const cursor = {
        get valid() {
          return at >= 0 && at < dueUs.length;
        },
        get intendedAtUs() {
          return dueUs[at] ?? 0;
        },
        advance: () => ++at < dueUs.length,
      };
      return {
        cursor,
        send(nowUs) {
          log.push(`${name} ${cursor.intendedAtUs} at ${nowUs}`);
          onSend(name, played);
        },
      };
    },
    async drive(arrivals, wakeUp = createVirtualWakeUp(clock)) {
      const flush = () => log.push('|');
      const over = driveArrivals({ arrivals, clock, wakeUp, startAtUs: START_US, flush, signal: abort.signal });
      await clock.runUntil(over);
    },
  };
  return played;
}

describe('schedules that are played together', () => {
  it('have each arrival at its own time, whichever schedule is named first or begins later', async () => {
    for (const isSwapped of [false, true]) {
      const { schedule, drive, log } = play();
      const both = [schedule('late', 2_000_000, 2_000_010), schedule('early', 10_000, 2_000_005)];
      await drive(isSwapped ? both.reverse() : both);
      expect(log).toEqual([
        'early 10000 at 10000',
        '|',
        'late 2000000 at 2000000',
        '|',
        'early 2000005 at 2000005',
        '|',
        'late 2000010 at 2000010',
        '|',
      ]);
    }
  });

  it('go out in one tick where they are due at once, the one named first before', async () => {
    const { schedule, drive, log } = play();
    await drive([schedule('first', 500), schedule('second', 500, 501)]);
    expect(log).toEqual(['first 500 at 500', 'second 500 at 500', '|', 'second 501 at 501', '|']);
  });

  it('are sent in the order in which they were due after a standstill, and what falls due meanwhile in the same tick', async () => {
    const { schedule, drive, log, clock } = play((_, played) => played.clock.block(4));
    clock.after(START_US + 95, () => clock.block(10));
    await drive([schedule('a', 100, 103, 108), schedule('b', 101, 102, 111)]);
    // Sent at the time at which the tick last looked: 105, and 121 when it had sent what was due by then.
    expect(log).toEqual([
      'a 100 at 105',
      'b 101 at 105',
      'b 102 at 105',
      'a 103 at 105',
      'a 108 at 121',
      'b 111 at 121',
      '|',
    ]);
  });

  it('go on with one of them when the other is over or was empty, and settle with the last', async () => {
    const { schedule, drive, log } = play();
    await drive([schedule('none'), schedule('short', 1), schedule('long', 2, 9_000)]);
    expect(log.filter((line) => line !== '|')).toEqual(['short 1 at 1', 'long 2 at 2', 'long 9000 at 9000']);
    const empty = play();
    await empty.drive([empty.schedule('none')]);
    expect(empty.log).toEqual([]);
  });

  it('end with an abort, between ticks and within one', async () => {
    const between = play();
    between.clock.after(START_US + 50, () => between.abort.abort());
    await between.drive([between.schedule('a', 10, 100), between.schedule('b', 60)]);
    expect(between.log).toEqual(['a 10 at 10', '|']);
    const within = play((_, played) => played.abort.abort());
    await within.drive([within.schedule('a', 10, 10)]);
    expect(within.log).toEqual(['a 10 at 10', '|']);
  });
});

it('a wake-up that comes early sends nothing early: it is asked for again', async () => {
  const { schedule, drive, log, clock } = play();
  const early: WakeUp = {
    at: (timeUs, callback) => void clock.after(Math.ceil((timeUs - clock.nowUs()) / 2), callback),
    cancel() {},
  };
  await drive([schedule('a', 100)], early);
  expect(log).toEqual(['a 100 at 100', '|']);
});

it('a backlog takes turns with whoever else has something to do', async () => {
  const { schedule, drive, log, clock } = play();
  clock.block(START_US + 10);
  await drive([schedule('a', ...Array.from({ length: 5_000 }, () => 1))]);
  const batches = log.join(' ').split('|');
  expect(batches.map((batch) => batch.split('at').length - 1)).toEqual([2_048, 2_048, 904, 0]);
});
