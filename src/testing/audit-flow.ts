import type { MessageHistory } from '../cluster/ports/message-store.ts';
import type { NumberedMessage, StubbornClient } from './stubborn-client.ts';

/** What is looked at of a client, after it has filled its gaps. */
export type AuditedClient = Pick<StubbornClient, 'room' | 'received' | 'found' | 'acked' | 'counts'>;

/** What became of the messages of a flow. */
export interface FlowLedger {
  readonly sent: number;
  /** Distinct messages that their senders hold an acknowledgement of. */
  readonly acked: number;
  /** Rows of the flow's rooms in the store, and how many distinct messages they hold. */
  readonly rows: number;
  readonly distinctRows: number;
  /** Acknowledged and not in the store. */
  readonly lost: number;
  /** Deliveries, one per recipient, that the recipient neither received nor got when it asked its gateway for what it lacked. */
  readonly missing: number;
  /** Deliveries that the recipient got only when it asked. */
  readonly filled: number;
  /** Messages that a recipient got for the first time after one with a higher number. */
  readonly reordered: number;
  readonly resent: number;
  readonly refused: number;
  readonly reconnects: number;
}

/**
 * Compares what senders were acknowledged, what recipients have and what the store holds. The store says what is lost, and
 * only the recipients what is missing: a message can be kept and still be out of their reach.
 *
 * @param sent ids of all messages of the flow
 */
export async function auditFlow(
  store: Pick<MessageHistory, 'history'>,
  clients: readonly AuditedClient[],
  sent: readonly string[],
): Promise<FlowLedger> {
  const rooms = [...new Set(clients.map(({ room }) => room))];
  const stored = (await Promise.all(rooms.map((room) => readAll(store, room)))).flat().map(({ id }) => id);
  const distinct = new Set(stored);
  const deliveries = clients.map((client) => auditDeliveries(client, othersIn(client, clients)));
  const acked = clients.flatMap((client) => [...client.acked]);
  const sum = <T>(of: readonly T[], read: (one: T) => number) => of.reduce((total, one) => total + read(one), 0);
  return {
    sent: sent.length,
    acked: new Set(acked).size,
    rows: stored.length,
    distinctRows: sent.filter((id) => distinct.has(id)).length,
    lost: acked.filter((id) => !distinct.has(id)).length,
    missing: sum(deliveries, ({ missing }) => missing),
    filled: sum(deliveries, ({ filled }) => filled),
    reordered: sum(deliveries, ({ reordered }) => reordered),
    resent: sum(clients, ({ counts }) => counts.resent),
    refused: sum(clients, ({ counts }) => counts.refused),
    reconnects: sum(clients, ({ counts }) => counts.connects - 1),
  };
}

/** Those whose messages a client is to receive. */
export function othersIn<Client extends Pick<AuditedClient, 'room'>>(
  client: Client,
  clients: readonly Client[],
): readonly Client[] {
  return clients.filter((other) => other !== client && other.room === client.room);
}

function auditDeliveries(client: AuditedClient, others: readonly AuditedClient[]) {
  const received = new Set<string>();
  let [missing, filled, reordered, highest] = [0, 0, 0, 0];
  for (const { id, seq } of client.received) {
    if (received.has(id)) continue;
    received.add(id);
    if (seq < highest) reordered++;
    highest = Math.max(highest, seq);
  }
  const found = new Set(client.found.map(({ id }) => id));
  for (const id of others.flatMap(({ acked }) => [...acked])) {
    if (received.has(id)) continue;
    if (found.has(id)) filled++;
    else missing++;
  }
  return { missing, filled, reordered };
}

const PAGE = 5_000;

/** All that is stored of a room, in order. */
export async function readAll(
  store: Pick<MessageHistory, 'history'>,
  room: string,
): Promise<readonly NumberedMessage[]> {
  const messages: NumberedMessage[] = [];
  for (;;) {
    const page = await store.history(room, messages.at(-1)?.seq ?? 0, PAGE);
    if (page.length === 0) return messages;
    messages.push(...page);
  }
}
