import type { Clock } from '../../clock.ts';

export interface ClosedLoop {
  readonly clock: Clock;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  /** When warm-up and measure end, µs since run start. */
  readonly warmupEndUs: number;
  readonly measureEndUs: number;
  readonly thinkTimeUs: number;
  /** A message that has not reached everybody after this long is given up, and the sender goes on. */
  readonly timeoutUs: number;
  readonly senders: readonly number[];
  /** Sends one message of this sender now; false where it cannot, and will not later. */
  send(sender: number, nowUs: number, measured: boolean): boolean;
  /** Sets who is told when a message has reached all its recipients. */
  onComplete(listener: (sender: number) => void): void;
  readonly signal: AbortSignal;
}

/**
 * Closed loop: each sender sends, waits until its message has reached everybody, thinks, and sends again. The load follows the
 * server's speed, and a stall delays what would have been sent during it: what is measured are service times, and their high
 * percentiles look better than what users of an open system experience.
 *
 * Settles when measure is over or the signal aborts.
 */
export function driveClosedLoop(loop: ClosedLoop): Promise<void> {
  const { clock, startAtUs, measureEndUs, signal } = loop;
  return new Promise((resolve) => {
    const turns = new Map<number, () => void>();
    let isOver = false;
    const finish = () => {
      isOver = true;
      for (const cancel of turns.values()) cancel();
      turns.clear();
      resolve();
    };
    const take = (sender: number) => {
      const nowUs = clock.nowUs() - startAtUs;
      if (isOver || nowUs >= measureEndUs) return;
      if (!loop.send(sender, nowUs, nowUs >= loop.warmupEndUs)) return;
      turns.set(
        sender,
        clock.after(loop.timeoutUs, () => take(sender)),
      );
    };
    loop.onComplete((sender) => {
      turns.get(sender)?.();
      if (!isOver)
        turns.set(
          sender,
          clock.after(loop.thinkTimeUs, () => take(sender)),
        );
    });
    clock.after(startAtUs + measureEndUs - clock.nowUs(), finish);
    signal.addEventListener('abort', finish, { once: true });
    const begin = () => {
      for (const sender of loop.senders) take(sender);
    };
    clock.after(Math.max(0, startAtUs - clock.nowUs()), begin);
  });
}
