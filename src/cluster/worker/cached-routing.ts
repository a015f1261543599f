import { LruMap } from '../lru-map.ts';
import type { RoomRouting, RouteSnapshot, RouteSource } from '../ports/room-routing.ts';

/** Rooms that are remembered. */
const CAPACITY = 20_000;

/** How long changes may stay away that have happened, ms; after that they are taken for lost. */
const PATIENCE_MS = 1_000;

export interface CachedRouting extends Pick<RoomRouting, 'gatewaysOf' | 'close'> {
  /** Counts since start, by room: answered from memory, asked for, asked for again because memory was behind. */
  readonly counters: { readonly hits: number; readonly misses: number; readonly behind: number };
  /** Remembers these rooms. */
  warm(rooms: readonly string[]): Promise<void>;
}

/**
 * Remembers where rooms lead, and loses no delivery by it: an answer holds every join that had settled before the question.
 *
 * Changes are numbered where they are made. They come here over pub/sub, late or never, and are applied in their order; each
 * question first reads the number of the newest change, which costs one small call instead of one entry per message.
 * Memory answers only where it has applied that change; else the rooms are looked up as if there was none.
 *
 * A room that is looked up is remembered only where no later change than its snapshot's has been applied: that change
 * may have been to this very room, and its notice would not come again.
 */
export async function createCachedRouting(
  source: RouteSource,
  { capacity = CAPACITY, nowMs = () => performance.now() }: { capacity?: number; nowMs?: () => number } = {},
): Promise<CachedRouting> {
  const remembered = new LruMap<string, readonly string[]>(capacity);
  const counters = { hits: 0, misses: 0, behind: 0 };
  /** All changes up to this one are applied. */
  let applied = 0;
  let behindSinceMs: number | null = null;

  await source.watch({
    changed(epoch, room) {
      remembered.delete(room);
      // One that is skipped never comes: the room it was to is unknown.
      if (applied > 0 && epoch > applied + 1) remembered.clear();
      applied = Math.max(applied, epoch);
    },
    interrupted() {
      remembered.clear();
      applied = 0;
    },
  });

  function learn(rooms: readonly string[], { epoch, routes }: RouteSnapshot): void {
    // With nothing remembered, nothing can be stale: the snapshot is as good a beginning as any.
    if (applied === 0 || isLost(epoch)) {
      remembered.clear();
      applied = epoch;
      behindSinceMs = null;
    }
    if (applied > epoch || epoch === 0) return;
    for (const [i, room] of rooms.entries()) remembered.set(room, routes[i]!);
  }

  /** Whether changes up to the epoch should have come by now. */
  function isLost(epoch: number): boolean {
    if (epoch === 0) return true;
    if (applied >= epoch) {
      behindSinceMs = null;
      return false;
    }
    behindSinceMs ??= nowMs();
    return nowMs() - behindSinceMs > PATIENCE_MS;
  }

  async function lookUp(rooms: readonly string[]): Promise<readonly (readonly string[])[]> {
    const snapshot = await source.lookUp(rooms);
    learn(rooms, snapshot);
    return snapshot.routes;
  }

  return {
    counters,
    async gatewaysOf(rooms) {
      if (rooms.length === 0) return [];
      const unknown = rooms.filter((room) => remembered.get(room) === undefined);
      const snapshot = await source.lookUp(unknown);
      learn(unknown, snapshot);
      if (applied >= snapshot.epoch && snapshot.epoch > 0) {
        const fresh = new Map(unknown.map((room, i) => [room, snapshot.routes[i]!]));
        const answers = rooms.map((room) => fresh.get(room) ?? remembered.get(room));
        if (answers.every((answer) => answer !== undefined)) {
          counters.misses += unknown.length;
          counters.hits += rooms.length - unknown.length;
          return answers;
        }
      }
      counters.behind += rooms.length;
      return lookUp(rooms);
    },
    async warm(rooms) {
      if (rooms.length > 0) await lookUp(rooms);
    },
    close: () => source.close(),
  };
}
