import type { ChatMessage } from '../../ports/chat-message.ts';
import type { NumberedMessage, NumberedStore } from '../../ports/message-store.ts';
import {
  type MessageHistory,
  type MessageStore,
  PAGE_BYTES,
  RefusedBatch,
  type StoredMessage,
} from '../../ports/message-store.ts';

interface Room {
  lastSequence: number;
  /** In the order of storing, which is nearly that of their numbers. */
  readonly byId: Map<string, StoredMessage>;
  readonly numbers: Set<number>;
}

/**
 * History in memory, shared by all workers of an embedded cluster. It remembers the newest `capacity` messages of all
 * rooms together; an older one is forgotten, and would be stored anew if it came again.
 */
export function createMemoryStore(capacity = 100_000): MessageStore & NumberedStore & MessageHistory {
  const rooms = new Map<string, Room>();
  /** The room of each remembered message, oldest first from `oldest` on. */
  let order: Room[] = [];
  let oldest = 0;

  function remember(room: Room, message: StoredMessage): void {
    room.byId.set(message.id, message);
    room.numbers.add(message.seq);
    order.push(room);
    if (order.length - oldest <= capacity) return;
    const { byId, numbers } = order[oldest++]!;
    const [first] = byId.values();
    byId.delete(first!.id);
    numbers.delete(first!.seq);
    if (oldest < capacity) return;
    order = order.slice(oldest);
    oldest = 0;
  }

  function open(name: string): Room {
    let room = rooms.get(name);
    if (room === undefined) {
      room = { lastSequence: 0, byId: new Map(), numbers: new Set() };
      rooms.set(name, room);
    }
    return room;
  }

  function store({ id, room: name, from, at }: ChatMessage, body: string): number {
    const room = open(name);
    const known = room.byId.get(id);
    if (known !== undefined) return known.seq;
    const seq = ++room.lastSequence;
    remember(room, { id, seq, from, at: Number(at), body });
    return seq;
  }

  function insert({ id, room: name, from, at, seq }: NumberedMessage, body: string): number {
    const room = open(name);
    const known = room.byId.get(id);
    if (known !== undefined) return known.seq;
    if (room.numbers.has(seq)) return 0;
    room.lastSequence = Math.max(room.lastSequence, seq);
    remember(room, { id, seq, from, at: Number(at), body });
    return seq;
  }

  return {
    async insert(batch) {
      const bodies = batch.map(decodeBody);
      return batch.map((message, i) => insert(message, bodies[i]!));
    },
    async tails(names, limit) {
      return names.map((room) => {
        const { lastSequence = 0, byId } = rooms.get(room) ?? {};
        const newest = [...(byId?.values() ?? [])].slice(-limit);
        return { room, lastSeq: lastSequence, known: newest.map(({ id, seq }) => ({ id, seq })) };
      });
    },
    async append(batch) {
      const bodies = batch.map(decodeBody);
      return batch.map((message, i) => store(message, bodies[i]!));
    },
    async history(room, after, limit) {
      const messages = [...(rooms.get(room)?.byId.values() ?? [])];
      const page = messages
        .filter(({ seq }) => seq > after)
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit);
      let bytes = 0;
      const last = page.findIndex(({ body }) => {
        bytes += Buffer.byteLength(body);
        return bytes >= PAGE_BYTES;
      });
      return last < 0 ? page : page.slice(0, last + 1);
    },
    lastSequences: async (names) => names.map((name) => rooms.get(name)?.lastSequence ?? 0),
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
