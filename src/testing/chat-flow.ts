import { mostOf } from '../extremes.ts';
import { ChatClient } from './chat-client.ts';

export interface ChatFlowOptions {
  readonly endpoints: readonly string[];
  readonly rooms: number;
  readonly clientsPerRoom: number;
  readonly messages: number;
  /** Sent and not yet acknowledged, at most. */
  readonly window: number;
  /** Makes names of this flow unlike those of any other. */
  readonly prefix: string;
  /** Called before the message with this number is sent. */
  readonly before?: ReadonlyMap<number, () => Promise<void>>;
}

export interface ChatFlowAudit {
  readonly acked: number;
  /** Recipients' copies that never came. */
  readonly lost: number;
  readonly duplicated: number;
  readonly misrouted: number;
  /** Senders' own messages that came back to them. */
  readonly echoed: number;
  /** First copies with a lower sequence number than the copy before, or behind a later message of the same sender. */
  readonly reordered: number;
  /** Rooms whose sequence numbers are not exactly 1 … n, or differ between recipients. */
  readonly roomsWithGaps: number;
}

interface Member {
  readonly client: ChatClient;
  readonly room: string;
  readonly sent: string[];
}

/** Sends messages from all clients in turn, waits until each has reached every other member of its room, and audits. */
export async function runChatFlow(options: ChatFlowOptions): Promise<ChatFlowAudit> {
  const members = await openMembers(options);
  let outstanding = 0;
  let proceed: (() => void) | null = null;
  for (const { client } of members) {
    client.webSocket.on('message', (data) => {
      if (!data.toString().startsWith('{"t":"ack"')) return;
      outstanding--;
      proceed?.();
    });
  }
  for (let n = 0; n < options.messages; n++) {
    await options.before?.get(n)?.();
    while (outstanding >= options.window) {
      await new Promise<void>((resolve) => {
        proceed = resolve;
      });
    }
    const member = members[n % members.length]!;
    const id = `${options.prefix}-${n}`;
    member.sent.push(id);
    outstanding++;
    member.client.send(id, member.room);
  }
  await Promise.all(members.map((member) => settled(member, members)));
  await Promise.all(members.map(({ client }) => client.close()));
  return audit(members);
}

async function openMembers({ endpoints, rooms, clientsPerRoom, prefix }: ChatFlowOptions): Promise<Member[]> {
  return Promise.all(
    Array.from({ length: rooms * clientsPerRoom }, async (_, i) => {
      const room = `${prefix}-room${Math.floor(i / clientsPerRoom)}`;
      const client = await ChatClient.connect(endpoints[i % endpoints.length]!, `${prefix}-u${i}`);
      await client.join(room);
      return { client, room, sent: [] };
    }),
  );
}

/** Waits for all acknowledgements and for one copy, at least, of every message of the others. */
async function settled(member: Member, members: readonly Member[]): Promise<void> {
  await member.client.acks.atLeast(member.sent.length);
  const missing = new Set(othersIn(member, members).flatMap(({ sent }) => sent));
  for (let seen = 0; missing.size > 0; ) {
    const { messages } = member.client;
    for (; seen < messages.items.length; seen++) missing.delete(messages.items[seen]!.id);
    if (missing.size > 0) await messages.atLeast(seen + 1);
  }
}

function othersIn({ client, room }: Member, members: readonly Member[]): readonly Member[] {
  return members.filter((other) => other.room === room && other.client !== client);
}

function audit(members: readonly Member[]): ChatFlowAudit {
  const counts = { acked: 0, lost: 0, duplicated: 0, misrouted: 0, echoed: 0, reordered: 0 };
  const numbersOf = new Map<string, Map<number, string>>();
  let contradictions = 0;
  for (const member of members) {
    counts.acked += new Set(member.client.acks.items).size;
    const own = new Set(member.sent);
    const expected = new Set(othersIn(member, members).flatMap(({ sent }) => sent));
    const seen = new Set<string>();
    const lastOf = new Map<string, number>();
    const numbers = numbersOf.get(member.room) ?? new Map<number, string>();
    numbersOf.set(member.room, numbers);
    let lastSequence = 0;
    for (const { id, seq, from } of member.client.messages.items) {
      if (own.has(id)) counts.echoed++;
      else if (!expected.has(id)) counts.misrouted++;
      else if (seen.has(id)) counts.duplicated++;
      else {
        const nth = Number(id.slice(id.lastIndexOf('-') + 1));
        if (seq <= lastSequence || nth <= (lastOf.get(from) ?? -1)) counts.reordered++;
        lastSequence = seq;
        lastOf.set(from, nth);
      }
      seen.add(id);
      if ((numbers.get(seq) ?? id) !== id) contradictions++;
      numbers.set(seq, id);
    }
    for (const id of expected) if (!seen.has(id)) counts.lost++;
  }
  const gaps = [...numbersOf.values()].filter((numbers) => mostOf(numbers.keys()) !== numbers.size).length;
  return { ...counts, roomsWithGaps: gaps + contradictions };
}
