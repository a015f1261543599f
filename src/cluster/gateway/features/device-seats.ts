import { userChannel } from '../../ports/channels.ts';
import { encodeSeat, readSeat } from '../../wire/seat-frame.ts';
import { type Connection, isOpen } from '../connection.ts';
import type { FeatureContext } from './feature-context.ts';

/** WebSocket close code: another connection of this device is there. Not to be answered by connecting again. */
export const REPLACED = 4009;

/**
 * One connection for each device, on whichever gateway: the newest. The one before is half-open as a rule, on its way to be noticed;
 * where both live, two would share one set of cursors, and each would take the other's messages for received.
 */
export class DeviceSeats {
  readonly #context: FeatureContext;
  #replaced = 0;

  constructor(context: FeatureContext) {
    this.#context = context;
  }

  /** Connections since start that gave way. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Tells all gateways that this connection is its device's. To be called when it is registered: it hears of a newer one then. */
  take({ user, device, key, openedAtMs }: Connection): void {
    this.#context.path.notify(userChannel(user), encodeSeat(device, key, openedAtMs), key);
  }

  /** Whether a frame to a user's channel was meant for gateways; older connections of that device are closed then. */
  hear(channel: string, frame: Buffer): boolean {
    const seat = readSeat(frame);
    if (seat === null) return false;
    for (const connection of this.#context.members.of(channel)) {
      const { device, key, openedAtMs } = connection;
      if (device !== seat.device || !isBefore([openedAtMs, key], [seat.at, seat.connection])) continue;
      if (!isOpen(connection)) continue;
      this.#replaced++;
      this.#context.writer.flush();
      connection.webSocket.close(REPLACED, 'another connection of this device is there');
    }
    return true;
  }
}

/** The same order everywhere: of two that open at once, one is left. */
function isBefore([oneAt, oneKey]: [number, string], [otherAt, otherKey]: [number, string]): boolean {
  return oneAt === otherAt ? oneKey < otherKey : oneAt < otherAt;
}
