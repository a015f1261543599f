import { monotonicUs } from '../../clock.ts';
import { type ClientFrame, parseClientFrame } from '../../wire/client-frame.ts';
import { DELIVERY_STATIONS, encodeStamp, findStamps, patchStamp, STAMP_DIGITS } from '../../wire/hop-stamps.ts';
import { encodeAck, encodeError, encodeJoined, type WireErrorCode } from '../../wire/server-frame.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';
import type { RoomMembers } from './room-members.ts';

/** What passes through a gateway: client frames towards the path, deliveries towards the clients. */
export class GatewayTraffic {
  readonly #path: GatewayPath;
  readonly #members: RoomMembers;
  readonly #writer: BurstWriter;
  readonly #hops: boolean;
  #sent = 0;
  #acked = 0;
  #delivered = 0;
  #refused = 0;
  #stopping = false;

  constructor(parts: { path: GatewayPath; members: RoomMembers; writer: BurstWriter; hops: boolean }) {
    this.#path = parts.path;
    this.#members = parts.members;
    this.#writer = parts.writer;
    this.#hops = parts.hops;
  }

  /** Counts since start: messages taken, messages acknowledged, frames written to recipients, frames refused. */
  get counters(): { sent: number; acked: number; delivered: number; refused: number } {
    return { sent: this.#sent, acked: this.#acked, delivered: this.#delivered, refused: this.#refused };
  }

  /** From now on every message is refused; what was taken is still acknowledged and delivered. */
  stopTaking(): void {
    this.#stopping = true;
  }

  /** Answers whatever a client sends; never throws. */
  receive(connection: Connection, text: string): void {
    const frame = parseClientFrame(text);
    if (frame.t === 'send') this.#send(connection, frame);
    else if (frame.t === 'join') void this.#join(connection, frame.room);
    else if (frame.t === 'unreadable') this.refuse(connection, frame.id, 'bad-frame', frame.reason);
  }

  refuse(connection: Connection, id: string | null, code: WireErrorCode, text: string): void {
    this.#refused++;
    this.#writer.write(connection, encodeError(id, code, text));
  }

  /** Forwards a frame to the members of its channel here, all but one connection. */
  deliver(channel: string, exceptConnection: string, frame: Buffer): void {
    if (this.#hops) stampWritten(frame);
    for (const member of this.#members.of(channel)) {
      if (member.key !== exceptConnection && this.#writer.write(member, frame)) this.#delivered++;
    }
  }

  async #join(connection: Connection, room: string): Promise<void> {
    try {
      await this.#members.join(room, connection);
    } catch {
      this.refuse(connection, null, 'unavailable', `cannot register membership of "${room}" now`);
      return;
    }
    this.#writer.write(connection, encodeJoined(room));
  }

  #send(connection: Connection, frame: Extract<ClientFrame, { t: 'send' }>): void {
    const { id, room, body } = frame;
    if (!connection.rooms.has(room)) {
      this.refuse(connection, id, 'not-a-member', `expected a join of "${room}" first`);
      return;
    }
    if (this.#stopping) {
      this.refuse(connection, id, 'unavailable', 'gateway is shutting down');
      return;
    }
    const message = {
      id,
      room,
      from: connection.user,
      connection: connection.key,
      at: String(Date.now()),
      bodyJson: JSON.stringify(body),
      ...(this.#hops ? { hops: encodeStamp(monotonicUs()) } : {}),
    };
    const taken = this.#path.send(message, (hops = '') => {
      this.#acked++;
      this.#writer.write(connection, encodeAck(id, hops === '' ? '' : message.hops + hops));
    });
    if (taken) this.#sent++;
    else this.refuse(connection, id, 'overloaded', 'too many messages wait here');
  }
}

const STATIONS = DELIVERY_STATIONS.length;

/** Patches in the last stamp of a frame that has stamps. */
function stampWritten(frame: Buffer): void {
  const at = findStamps(frame, STATIONS);
  if (at >= 0) patchStamp(frame, at + (STATIONS - 1) * STAMP_DIGITS, monotonicUs());
}
