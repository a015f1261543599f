import type { Clock } from '../../clock.ts';
import type { ScheduleCursor } from '../../plan/schedule.ts';
import type { WakeUp } from './wake-up.ts';

export interface Drive {
  readonly cursor: Pick<ScheduleCursor, 'valid' | 'intendedAtUs' | 'advance'>;
  readonly clock: Clock;
  readonly wakeUp: WakeUp;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  /** Sends what is at the cursor, whose time has come. */
  send(nowUs: number): void;
  /** After everything that was due has been sent. */
  flush(): void;
  readonly signal: AbortSignal;
}

/**
 * Open loop: sends every message at or after its intended time and never before, whatever the server does. All that is due
 * goes out at one tick; a tick that finds more than `BATCH` due (the process had been stopped) takes turns with the
 * receiving side, whose timestamps would suffer otherwise. Settles when the schedule is over or the signal aborts.
 */
export function driveArrivals(drive: Drive): Promise<void> {
  const { cursor, clock, wakeUp, startAtUs, signal } = drive;
  return new Promise((resolve) => {
    const finish = () => {
      wakeUp.cancel();
      resolve();
    };
    const tick = () => {
      let nowUs = clock.nowUs() - startAtUs;
      let sent = 0;
      while (cursor.valid && cursor.intendedAtUs <= nowUs && sent < BATCH && !signal.aborted) {
        drive.send(nowUs);
        cursor.advance();
        sent++;
        // The clock is read again only where its answer matters: whether more has fallen due meanwhile.
        if (cursor.intendedAtUs > nowUs) nowUs = clock.nowUs() - startAtUs;
      }
      if (sent > 0) drive.flush();
      if (signal.aborted || !cursor.valid) finish();
      else if (cursor.intendedAtUs <= nowUs) setImmediate(tick);
      else wakeUp.at(startAtUs + cursor.intendedAtUs, tick);
    };
    signal.addEventListener('abort', finish, { once: true });
    if (cursor.advance()) tick();
    else finish();
  });
}

const BATCH = 2048;
