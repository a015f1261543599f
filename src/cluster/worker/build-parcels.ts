import type { ChatMessage } from '../ports/chat-message.ts';
import { encodeDelivery, type Parcel } from '../ports/parcel.ts';
import { encodeMessage } from '../wire/server-frame.ts';

/**
 * One parcel per gateway that holds a member of any of the rooms, its deliveries in the order of the batch.
 * Each frame is encoded once, however many recipients it has.
 *
 * @param sequences of each message; null: not stored, hence not delivered
 * @param gateways  of each message's room
 * @param hops      stamps of each message, all but the last; empty: none
 */
export function buildParcels(
  batch: readonly ChatMessage[],
  sequences: readonly (number | null)[],
  gateways: readonly (readonly string[])[],
  hops: readonly string[],
): Parcel[] {
  const payloads = new Map<string, string>();
  for (const [i, message] of batch.entries()) {
    const sequence = sequences[i];
    const holders = gateways[i];
    if (sequence == null || holders === undefined || holders.length === 0) continue;
    const { id, room, from, at, bodyJson, connection, traceparent } = message;
    const frame = encodeMessage(id, room, sequence, from, at, bodyJson, hops[i], traceparent);
    const delivery = encodeDelivery(room, connection, frame);
    for (const gateway of holders) payloads.set(gateway, (payloads.get(gateway) ?? '') + delivery);
  }
  return Array.from(payloads, ([gateway, payload]) => ({ gateway, payload }));
}
