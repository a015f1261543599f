import type { Recorder } from '../../record/recorder.ts';
import type { Seat } from '../clients/seat.ts';
import type { OnWrite } from '../connection.ts';
import type { HealthObserver } from '../observe-health.ts';

/** The sending side: message → ledger → its sender's connection, and back with the time of its write. */
export interface Sender {
  /**
   * Adds the message to its sender's tick and yields its sequence; null where it cannot be sent.
   *
   * @param seat of the sender, in the room
   * @param number in the plan, where rooms are split
   */
  send(
    seat: number,
    room: number,
    payload: number,
    intendedAtUs: number,
    nowUs: number,
    measured: boolean,
    number?: number,
  ): number | null;
  /** Whether a sender can send now, may be able to later, or never again. */
  readinessOf(seat: number): Readiness;
  /** Leaves out a message that is due. */
  skip(seat: number, nowUs: number, measured: boolean): void;
  /** Writes each sender's tick at once, room by room. */
  flush(): void;
  /** The client is back on a new connection: writes again what was never acknowledged in this room, and then what waited. */
  resume(seat: Seat): void;
}

export type Readiness = Seat['readiness'];

/** @param runUs µs since run start */
export function createSender(
  seats: ReadonlyMap<number, Seat>,
  recorder: Recorder,
  health: HealthObserver,
  runUs: () => number,
): Sender {
  const touched: Seat[] = [];
  // Read once a write, and not once a tick: its last message may leave many milliseconds after its first.
  const stamp: OnWrite = (sequences) => {
    const atUs = runUs();
    for (let i = 0; i < sequences.length; i++) recorder.wrote(sequences[i]!, atUs);
  };
  return {
    send(sender, room, payload, intendedAtUs, nowUs, measured, number) {
      const seat = seats.get(sender)!;
      const mustHold = seat.canHold;
      if (!mustHold && !seat.client.canSend) {
        if (seat.client.isShutOut) recorder.shutOut(sender, nowUs, measured);
        else recorder.skip(sender, nowUs, measured);
        return null;
      }
      const sequence = recorder.offer(room, sender, intendedAtUs, nowUs, measured, number);
      if (mustHold) {
        seat.memory?.hold(sequence, payload);
        recorder.held(sequence, nowUs);
      } else if (seat.queue(sequence, payload)) touched.push(seat);
      return sequence;
    },
    readinessOf: (number) => seats.get(number)!.readiness,
    skip: (seat, nowUs, measured) => recorder.skip(seat, nowUs, measured),
    flush() {
      for (const seat of touched) health.noteBuffered(seat.flush(stamp));
      touched.length = 0;
    },
    resume: (seat) => seat.resume(stamp),
  };
}
