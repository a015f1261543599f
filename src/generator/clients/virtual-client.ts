import type { ClientIdentity } from '../../protocol/chat-protocol.ts';
import type { Connection } from '../connection.ts';
import type { Seat, SeatOwner } from './seat.ts';

/** One virtual user: its connection, and its seats, one in each of its rooms. */
export class VirtualClient implements SeatOwner {
  /** In the first of its rooms. */
  identity: ClientIdentity;
  /** By their rooms, ascending; at least one. */
  readonly seats: Seat[] = [];
  connection: Connection | null = null;
  /** Of one without connection: the target has refused or ended it. */
  isTurnedAway = false;
  /** It has been in its rooms, and has received a message. */
  hasJoined = false;
  hasReceived = false;
  /** The server has told it to log in again. */
  isLoggedOut = false;
  /** How often it had to come back. */
  drops = 0;

  constructor(identity: ClientIdentity) {
    this.identity = identity;
  }

  get canSend(): boolean {
    return this.connection?.isOpen === true && this.connection.bufferedBytes < BUFFER_LIMIT_BYTES;
  }

  get isShutOut(): boolean {
    return this.connection === null ? this.isTurnedAway : !this.connection.isOpen;
  }

  /** Its seat in the room; where it is no member, the first that it has, of which the ledger knows that it is in another. */
  seatIn(room: number): Seat {
    const { seats } = this;
    const first = seats[0]!;
    if (first.room === room || seats.length === 1) return first;
    let low = 0;
    for (let high = seats.length - 1; low < high; ) {
      const middle = (low + high) >>> 1;
      if (seats[middle]!.room < room) low = middle + 1;
      else high = middle;
    }
    return seats[low]!.room === room ? seats[low]! : first;
  }

  /** The seat is one of its own. */
  has(seat: number): boolean {
    for (const { number } of this.seats) if (number === seat) return true;
    return false;
  }

  /** From now on it connects to this endpoint. */
  moveTo(endpoint: string): void {
    if (endpoint === this.identity.endpoint) return;
    this.identity = { ...this.identity, endpoint };
    this.forgetTemplates();
  }

  /** What it sends next is encoded anew: it knows something else than before. */
  forgetTemplates(): void {
    for (const seat of this.seats) seat.forgetTemplates();
  }

  /** Its connection is gone: what comes from now on passes it by. */
  noteDropped(): void {
    this.drops++;
    for (const { memory } of this.seats) memory?.noteDropped();
  }

  /** It is in all of its rooms. */
  join(connection: Connection): void {
    this.connection = connection;
    this.hasJoined = true;
    for (const { memory } of this.seats) if (memory !== null) memory.hasJoined = true;
  }
}

/** Beyond it the server does not take what is sent: further sends are skipped and counted, never queued without end. */
const BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;
