import { AnswersBySender } from './answers-by-sender.ts';
import type { Audience, RoomLayout } from './audience.ts';
import type { SlotTable } from './slot-table.ts';

/** Who is to get a message of whom: the members of its room in this shard, each known by its position in the room. */
export class Recipients {
  readonly #rooms: RoomLayout;
  readonly #answers: AnswersBySender;
  readonly #areRoomsSplit: boolean;

  constructor(audience: Audience, answers = new AnswersBySender(audience)) {
    this.#rooms = audience.rooms;
    this.#answers = answers;
    this.#areRoomsSplit = audience.split !== undefined;
  }

  /** How many are to get what this client sends. */
  countOf(room: number, sender: number): number {
    const size = this.#rooms.sizeOf(room);
    if (this.#answers.to(sender).senderReceives) return size;
    if (!this.#areRoomsSplit) return size - 1;
    const position = sender - this.#rooms.firstSeatOf(room);
    return position < 0 || position >= size ? size : size - 1;
  }

  /** Whether this member of the room is to get what the sender, who may be itself, sends there. */
  include(client: number, sender: number): boolean {
    return client !== sender || this.#answers.to(sender).senderReceives;
  }

  membersOf(room: number): number {
    return this.#rooms.sizeOf(room);
  }

  roomOf(client: number): number {
    return this.#rooms.roomOf(client);
  }

  /** Position of a client in the room that it belongs to. */
  positionOf(client: number, room: number): number {
    return client - this.#rooms.firstSeatOf(room);
  }

  /** Who has not got the slot's message and should have. */
  *lackingOf(slots: SlotTable, slot: number): Generator<number> {
    if (slots.remaining[slot] === 0) return;
    const room = slots.room[slot]!;
    const first = this.#rooms.firstSeatOf(room);
    for (let position = 0; position < this.#rooms.sizeOf(room); position++) {
      const isRecipient = this.include(first + position, slots.sender[slot]!);
      if (isRecipient && !slots.hasReceived(slot, position)) yield first + position;
    }
  }
}
