import type { Clock } from '../../clock.ts';
import type { ScheduleCursor } from '../../plan/schedule.ts';
import type { WakeUp } from './wake-up.ts';

/** One schedule and what is done when something of it is due. */
export interface Arrivals {
  readonly cursor: Pick<ScheduleCursor, 'valid' | 'intendedAtUs' | 'advance'>;
  /** Sends what is at the cursor, whose time has come. */
  send(nowUs: number): void;
}

export interface Drive {
  /** Played together: what is due earliest comes first, and of two at one time that of the schedule named first. */
  readonly arrivals: readonly Arrivals[];
  readonly clock: Clock;
  readonly wakeUp: WakeUp;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  /** After everything that was due has been sent. */
  flush(): void;
  readonly signal: AbortSignal;
}

/**
 * Open loop: sends every message at or after its intended time and never before, whatever the server does. All that is due
 * goes out at one tick; a tick that finds more than `BATCH` due (the process had been stopped) takes turns with the
 * receiving side, whose timestamps would suffer otherwise. Settles when all schedules are over or the signal aborts.
 */
export function driveArrivals(drive: Drive): Promise<void> {
  const { clock, wakeUp, startAtUs, signal } = drive;
  const arrivals = drive.arrivals.filter(({ cursor }) => cursor.advance());
  return new Promise((resolve) => {
    const finish = () => {
      signal.removeEventListener('abort', finish);
      wakeUp.cancel();
      resolve();
    };
    const tick = () => {
      let nowUs = clock.nowUs() - startAtUs;
      let sent = 0;
      let next = findEarliest(arrivals);
      while (next !== null && next.cursor.intendedAtUs <= nowUs && sent < BATCH && !signal.aborted) {
        next.send(nowUs);
        next.cursor.advance();
        sent++;
        next = findEarliest(arrivals);
        // The clock is read again only where its answer matters: whether more has fallen due meanwhile.
        if (next !== null && next.cursor.intendedAtUs > nowUs) nowUs = clock.nowUs() - startAtUs;
      }
      if (sent > 0) drive.flush();
      if (signal.aborted || next === null) finish();
      else if (next.cursor.intendedAtUs <= nowUs) setImmediate(tick);
      else wakeUp.at(startAtUs + next.cursor.intendedAtUs, tick);
    };
    signal.addEventListener('abort', finish, { once: true });
    tick();
  });
}

const BATCH = 2048;

/** Null: all schedules are over. */
function findEarliest(arrivals: readonly Arrivals[]): Arrivals | null {
  let earliest: Arrivals | null = null;
  for (let i = 0; i < arrivals.length; i++) {
    const one = arrivals[i]!;
    if (!one.cursor.valid) continue;
    if (earliest === null || one.cursor.intendedAtUs < earliest.cursor.intendedAtUs) earliest = one;
  }
  return earliest;
}
