import type { Recorder } from '../../record/recorder.ts';
import type { VirtualClient } from '../clients/virtual-client.ts';
import type { HealthObserver } from '../observe-health.ts';

/** The sending side: message → ledger → its sender's connection. */
export interface Sender {
  /** Adds the message to its sender's tick and yields its sequence; null where it has to be skipped. */
  send(
    client: number,
    room: number,
    payload: number,
    intendedAtUs: number,
    nowUs: number,
    measured: boolean,
  ): number | null;
  /** Leaves out a message that is due. */
  skip(nowUs: number, measured: boolean): void;
  /** Writes each sender's tick at once. */
  flush(): void;
}

export function createSender(
  clients: ReadonlyMap<number, VirtualClient>,
  recorder: Recorder,
  health: HealthObserver,
): Sender {
  const touched: VirtualClient[] = [];
  return {
    send(number, room, payload, intendedAtUs, nowUs, measured) {
      const client = clients.get(number)!;
      if (client.canHold) {
        const held = recorder.hold(room, number, intendedAtUs, nowUs, measured);
        client.memory?.hold(held, payload);
        return held;
      }
      if (!client.canSend) {
        recorder.skip(nowUs, measured);
        return null;
      }
      const sequence = recorder.send(room, number, intendedAtUs, nowUs, measured);
      if (client.queue(sequence, payload)) touched.push(client);
      return sequence;
    },
    skip: (nowUs, measured) => recorder.skip(nowUs, measured),
    flush() {
      for (const client of touched) health.noteBuffered(client.flush());
      touched.length = 0;
    },
  };
}
