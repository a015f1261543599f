import type { Recorder } from '../../record/recorder.ts';
import type { VirtualClient } from '../clients/virtual-client.ts';
import type { OnWrite } from '../connection.ts';
import type { HealthObserver } from '../observe-health.ts';

/** The sending side: message → ledger → its sender's connection, and back with the time of its write. */
export interface Sender {
  /**
   * Adds the message to its sender's tick and yields its sequence; null where it cannot be sent.
   *
   * @param number in the plan, where rooms are split
   */
  send(
    client: number,
    room: number,
    payload: number,
    intendedAtUs: number,
    nowUs: number,
    measured: boolean,
    number?: number,
  ): number | null;
  /** Whether a sender can send now, may be able to later, or never again. */
  readinessOf(client: number): Readiness;
  /** Leaves out a message that is due. */
  skip(client: number, nowUs: number, measured: boolean): void;
  /** Writes each sender's tick at once. */
  flush(): void;
  /** The client is back on a new connection: writes again what was never acknowledged, and then what waited. */
  resume(client: VirtualClient): void;
}

export type Readiness = VirtualClient['readiness'];

/** @param runUs µs since run start */
export function createSender(
  clients: ReadonlyMap<number, VirtualClient>,
  recorder: Recorder,
  health: HealthObserver,
  runUs: () => number,
): Sender {
  const touched: VirtualClient[] = [];
  // Read once a write, and not once a tick: its last message may leave many milliseconds after its first.
  const stamp: OnWrite = (sequences) => {
    const atUs = runUs();
    for (let i = 0; i < sequences.length; i++) recorder.wrote(sequences[i]!, atUs);
  };
  return {
    send(sender, room, payload, intendedAtUs, nowUs, measured, number) {
      const client = clients.get(sender)!;
      const mustHold = client.canHold;
      if (!mustHold && !client.canSend) {
        if (client.isShutOut) recorder.shutOut(sender, nowUs, measured);
        else recorder.skip(sender, nowUs, measured);
        return null;
      }
      const sequence = recorder.offer(room, sender, intendedAtUs, nowUs, measured, number);
      if (mustHold) {
        client.memory?.hold(sequence, payload);
        recorder.held(sequence, nowUs);
      } else if (client.queue(sequence, payload)) touched.push(client);
      return sequence;
    },
    readinessOf: (number) => clients.get(number)!.readiness,
    skip: (client, nowUs, measured) => recorder.skip(client, nowUs, measured),
    flush() {
      for (const client of touched) health.noteBuffered(client.flush(stamp));
      touched.length = 0;
    },
    resume: (client) => client.resume(stamp),
  };
}
