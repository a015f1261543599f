/**
 * The partition of a room, 0 … partitions − 1: FNV-1a, 32 bits, over its UTF-16 units, modulo `partitions`.
 * Every gateway must agree on it, or messages of one room pass through two workers and lose their order.
 */
export function partitionOf(room: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < room.length; i++) {
    hash = Math.imul(hash ^ room.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
