import type { Clock } from '../../clock.ts';
import type { Readiness } from './create-sender.ts';

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
  /** Sends one message of this sender now and yields its sequence; null where it cannot, which is counted. */
  send(sender: number, nowUs: number, measured: boolean): number | null;
  readinessOf(sender: number): Readiness;
  /** Sets who is told when a message has reached all its recipients. */
  onComplete(listener: (sender: number, sequence: number) => void): void;
  readonly signal: AbortSignal;
}

/** How often one that is held up is looked at. */
const HELD_UP_US = 10_000;

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
    /** The message that each sender waits for. One that it has given up may still arrive, and is nobody's turn. */
    const awaited = new Map<number, number>();
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
      awaited.delete(sender);
      const sequence = loop.send(sender, nowUs, nowUs >= loop.warmupEndUs);
      if (sequence === null) {
        comeBack(sender);
        return;
      }
      awaited.set(sender, sequence);
      turns.set(
        sender,
        clock.after(loop.timeoutUs, () => take(sender)),
      );
    };
    /** What one could not send is counted once; its next turn is when it can again, if ever. */
    const comeBack = (sender: number) => {
      if (loop.readinessOf(sender) === 'gone') return;
      turns.set(
        sender,
        clock.after(HELD_UP_US, () => (loop.readinessOf(sender) === 'ready' ? take(sender) : comeBack(sender))),
      );
    };
    loop.onComplete((sender, sequence) => {
      if (isOver || awaited.get(sender) !== sequence) return;
      awaited.delete(sender);
      turns.get(sender)?.();
      turns.set(
        sender,
        clock.after(loop.thinkTimeUs, () => take(sender)),
      );
    });
    clock.after(startAtUs + measureEndUs - clock.nowUs(), finish);
    signal.addEventListener('abort', finish, { once: true });
    const begin = () => {
      const waitUs = startAtUs - clock.nowUs();
      // Timers fire early at times, and what is sent before 0 would count as warm-up even where there is none.
      if (waitUs > 0) clock.after(waitUs, begin);
      else for (const sender of loop.senders) take(sender);
    };
    begin();
  });
}
