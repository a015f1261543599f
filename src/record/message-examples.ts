import type { MessageExample } from './samples.ts';
import type { SlotTable } from './slot-table.ts';

/** Examples kept per kind of trouble. */
export const EXAMPLES_KEPT = 20;

/** The first troubled messages of each kind. */
export class MessageExamples {
  readonly list: MessageExample[] = [];

  hasRoomFor(kind: MessageExample['kind']): boolean {
    return this.list.filter((kept) => kept.kind === kind).length < EXAMPLES_KEPT;
  }

  keep(example: MessageExample): void {
    if (this.hasRoomFor(example.kind)) this.list.push(example);
  }

  keepOpen(kind: MessageExample['kind'], slots: SlotTable, slot: number, recipient: number): void {
    this.keep({
      kind,
      sequence: slots.sequence[slot]!,
      room: slots.room[slot]!,
      sender: slots.sender[slot]!,
      recipient,
      intendedAtUs: slots.intendedAtUs[slot]!,
    });
  }

  /** Of a message of which nothing is known any more but its sequence. */
  keepSettled(kind: MessageExample['kind'], sequence: number, room: number, recipient: number, sender = 0): void {
    this.keep({ kind, sequence, room, sender, recipient, intendedAtUs: 0 });
  }
}
