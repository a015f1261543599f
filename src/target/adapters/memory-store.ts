import type { ChatMessage } from '../ports/chat-message.ts';
import type { MessageHistory } from '../ports/message-history.ts';
import { type MessageStore, RefusedBatch, type StoredMessage } from '../ports/message-store.ts';

interface Room {
  lastSequence: number;
  /** In the order of their numbers. */
  readonly byId: Map<string, StoredMessage>;
}

/**
 * History in memory, shared by all workers of an embedded cluster. It remembers the newest `capacity` messages of all
 * rooms together; an older one is forgotten, and would be stored anew if it came again.
 */
export function createMemoryStore(capacity = 100_000): MessageStore & MessageHistory {
  const rooms = new Map<string, Room>();
  /** The room of each remembered message, oldest first from `oldest` on. */
  let order: Room[] = [];
  let oldest = 0;

  function remember(room: Room, message: StoredMessage): void {
    room.byId.set(message.id, message);
    order.push(room);
    if (order.length - oldest <= capacity) return;
    const { byId } = order[oldest++]!;
    const [first] = byId.keys();
    byId.delete(first!);
    if (oldest < capacity) return;
    order = order.slice(oldest);
    oldest = 0;
  }

  function store({ id, room: name, from, at }: ChatMessage, body: string): number {
    let room = rooms.get(name);
    if (room === undefined) {
      room = { lastSequence: 0, byId: new Map() };
      rooms.set(name, room);
    }
    const known = room.byId.get(id);
    if (known !== undefined) return known.seq;
    const seq = ++room.lastSequence;
    remember(room, { id, seq, from, at: Number(at), body });
    return seq;
  }

  return {
    async append(batch) {
      const bodies = batch.map(decodeBody);
      return batch.map((message, i) => store(message, bodies[i]!));
    },
    async history(room, after, limit) {
      const messages = [...(rooms.get(room)?.byId.values() ?? [])];
      return messages.filter(({ seq }) => seq > after).slice(0, limit);
    },
    lastSequence: async (room) => rooms.get(room)?.lastSequence ?? 0,
    async close() {},
  };
}

function decodeBody({ bodyJson }: ChatMessage): string {
  try {
    return JSON.parse(bodyJson);
  } catch (error) {
    throw new RefusedBatch('body is no JSON text', error);
  }
}
