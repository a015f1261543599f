import type { PlanLayout } from './room-layout.ts';
import type { Shard } from './run-plan.ts';

/** Members of a room that ever send: its first ones. */
export function countSenders(roomSize: number, senderShare: number): number {
  return Math.max(1, Math.round(roomSize * senderShare));
}

/** All seats of a shard that ever send, where its rooms are whole. */
export function listSenders({ plan, index, count }: Shard, layout: PlanLayout): readonly number[] {
  const senders: number[] = [];
  for (let room = index; room < plan.rooms; room += count) {
    const first = layout.firstSeatOf(room);
    const members = countSenders(layout.sizeOf(room), plan.senderShare);
    for (let member = 0; member < members; member++) senders.push(first + member);
  }
  return senders;
}
