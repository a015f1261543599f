import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageStore } from '../target/ports/message-store.ts';
import { StubbornClient } from './stubborn-client.ts';

export interface Flow {
  readonly endpoints: readonly string[];
  /** Read for the audit and for filling gaps. */
  readonly store: MessageStore;
  readonly rooms: number;
  /** At least; it is sent on, up to ten times as many, until the harm is done. */
  readonly messages: number;
  readonly ratePerSecond: number;
  /** Makes names of this flow unlike those of any other. */
  readonly prefix: string;
}

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
  /** Deliveries, one per recipient, that the recipient neither received nor finds by filling its gaps from the store. */
  readonly missing: number;
  /** Deliveries found by filling gaps. */
  readonly filled: number;
  /** Messages that a recipient got for the first time after one with a higher number. */
  readonly reordered: number;
  readonly resent: number;
  readonly refused: number;
  readonly reconnects: number;
}

const MEMBERS = 2;
/** When nothing is stored for so long, nothing more will be: longer than any component takes to start on a busy machine. */
const STORE_SILENCE_MS = 30_000;
/** When nothing is delivered for so long after everything is stored, nothing more comes. */
const SILENCE_MS = 3_000;

/** As long as the harm lasts a flow goes on, but not for ever. */
const LONGEST = 10;

/** How the flow goes, for harm that is done in the middle of it. */
export interface FlowProgress {
  /** Messages so far whose senders hold an acknowledgement. */
  acked(): number;
  /** Settles when so many more messages are acknowledged. */
  moreAcked(count: number): Promise<void>;
  /** Settles when so many more copies have come to recipients, repetitions included. */
  moreDelivered(count: number): Promise<void>;
}

/**
 * Sends at a steady rate through rooms of two, does harm meanwhile, waits until every message is acknowledged, and audits
 * senders, recipients and store. The harm begins with the flow; the flow lasts at least as long as the harm, so that harm which
 * waits for the flow to go on finds it going on, however slow the machine.
 */
export async function runThrough(flow: Flow, harm: (progress: FlowProgress) => Promise<void>): Promise<FlowLedger> {
  const clients = await openClients(flow);
  const sent: string[] = [];
  const acked = () => clients.reduce((sum, client) => sum + client.acked.size, 0);
  const delivered = () => clients.reduce((sum, { received }) => sum + received.length, 0);
  const grows = async (read: () => number, by: number) => {
    const until = read() + by;
    while (read() < until) await sleep(5);
  };
  const harming = harm({
    acked,
    moreAcked: (count) => grows(acked, count),
    moreDelivered: (count) => grows(delivered, count),
  });
  try {
    await sendAll(flow, clients, sent, harming);
    await harming;
    while (clients.some(({ unacked }) => unacked > 0)) await sleep(20);
    await awaitStored(flow.store, clients, acked());
    await awaitDeliveries(clients);
    return await audit(flow, clients, sent);
  } finally {
    for (const client of clients) client.close();
  }
}

async function openClients({ endpoints, rooms, prefix }: Flow): Promise<StubbornClient[]> {
  const clients = Array.from({ length: rooms * MEMBERS }, (_, i) => {
    const endpoint = endpoints[i % endpoints.length] ?? '';
    return new StubbornClient(endpoint, `${prefix}-u${i}`, `${prefix}-room${Math.floor(i / MEMBERS)}`);
  });
  await Promise.all(clients.map((client) => client.open()));
  return clients;
}

async function sendAll(
  { messages, ratePerSecond, prefix }: Flow,
  clients: readonly StubbornClient[],
  sent: string[],
  harming: Promise<void>,
): Promise<void> {
  let limit = messages * LONGEST;
  const endHarm = (least: number) => {
    limit = Math.max(least, sent.length);
  };
  harming.then(
    () => endHarm(messages),
    () => endHarm(0),
  );
  const startedAt = performance.now();
  while (sent.length < limit) {
    const due = Math.min(limit, ((performance.now() - startedAt) / 1_000) * ratePerSecond);
    for (let n = sent.length; n < due; n++) {
      const id = `${prefix}-${n}`;
      sent.push(id);
      clients[n % clients.length]?.send(id);
    }
    await sleep(5);
  }
}

/** Until as many are stored as were acknowledged, or nothing more will be. */
async function awaitStored(store: MessageStore, clients: readonly StubbornClient[], acked: number): Promise<void> {
  const rooms = [...new Set(clients.map(({ room }) => room))];
  let stored = -1;
  let changedAt = performance.now();
  while (stored < acked && performance.now() < changedAt + STORE_SILENCE_MS) {
    const counts = await Promise.all(rooms.map(async (room) => (await readAll(store, room)).length));
    const now = counts.reduce((sum, count) => sum + count, 0);
    if (now !== stored) changedAt = performance.now();
    stored = now;
    if (stored < acked) await sleep(250);
  }
}

/** Until each recipient has every message of the others in its room, or nothing more comes. */
async function awaitDeliveries(clients: readonly StubbornClient[]): Promise<void> {
  const isComplete = (client: StubbornClient) => {
    const received = new Set(client.received.map(({ id }) => id));
    return othersIn(client, clients).every(({ acked }) => [...acked].every((id) => received.has(id)));
  };
  let received = -1;
  let changedAt = performance.now();
  while (performance.now() < changedAt + SILENCE_MS && !clients.every(isComplete)) {
    const now = clients.reduce((sum, client) => sum + client.received.length, 0);
    if (now !== received) changedAt = performance.now();
    received = now;
    await sleep(50);
  }
}

function othersIn(client: StubbornClient, clients: readonly StubbornClient[]): readonly StubbornClient[] {
  return clients.filter((other) => other !== client && other.room === client.room);
}

async function audit(flow: Flow, clients: readonly StubbornClient[], sent: readonly string[]): Promise<FlowLedger> {
  const rooms = [...new Set(clients.map(({ room }) => room))];
  const history = new Map(
    await Promise.all(rooms.map(async (room) => [room, await readAll(flow.store, room)] as const)),
  );
  const stored = [...history.values()].flatMap((messages) => messages.map(({ id }) => id));
  const distinct = new Set(stored);
  let [missing, filled, reordered] = [0, 0, 0];
  for (const client of clients) {
    const received = new Set<string>();
    let highest = 0;
    for (const { id, seq } of client.received) {
      if (received.has(id)) continue;
      received.add(id);
      if (seq < highest) reordered++;
      highest = Math.max(highest, seq);
    }
    const found = new Set((history.get(client.room) ?? []).map(({ id }) => id));
    for (const id of othersIn(client, clients).flatMap(({ acked }) => [...acked])) {
      if (received.has(id)) continue;
      if (found.has(id)) filled++;
      else missing++;
    }
  }
  const acked = clients.flatMap((client) => [...client.acked]);
  const sum = (read: (client: StubbornClient) => number) => clients.reduce((total, client) => total + read(client), 0);
  return {
    sent: sent.length,
    acked: new Set(acked).size,
    rows: stored.length,
    distinctRows: sent.filter((id) => distinct.has(id)).length,
    lost: acked.filter((id) => !distinct.has(id)).length,
    missing,
    filled,
    reordered,
    resent: sum(({ counts }) => counts.resent),
    refused: sum(({ counts }) => counts.refused),
    reconnects: sum(({ counts }) => counts.connects - 1),
  };
}

const PAGE = 5_000;

async function readAll(store: MessageStore, room: string) {
  const messages: { readonly id: string; readonly seq: number }[] = [];
  for (;;) {
    const page = await store.history(room, messages.at(-1)?.seq ?? 0, PAGE);
    messages.push(...page);
    if (page.length < PAGE) return messages;
  }
}
