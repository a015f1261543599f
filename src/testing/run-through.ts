import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageStore } from '../cluster/ports/message-store.ts';
import { auditFlow, type FlowLedger, othersIn, readAll } from './audit-flow.ts';
import { StubbornClient } from './stubborn-client.ts';

export interface Flow {
  readonly endpoints: readonly string[];
  /** Read for the audit. */
  readonly store: MessageStore;
  readonly rooms: number;
  /** At least; it is sent on, up to ten times as many, until the harm is done. */
  readonly messages: number;
  readonly ratePerSecond: number;
  /** Makes names of this flow unlike those of any other. */
  readonly prefix: string;
}

const MEMBERS = 2;
/** When nothing is stored for so long, nothing more will be: longer than any component takes to start on a busy machine. */
const STORE_SILENCE_MS = 30_000;
/** When nothing is delivered for so long after everything is stored, nothing more comes. */
const SILENCE_MS = 3_000;

/** When nothing comes for so long, nothing will: a broker on a busy machine takes more than a minute to start. */
const STANDSTILL_MS = 120_000;

/** As long as the harm lasts a flow goes on, but not for ever. */
const LONGEST = 10;

/** How the flow goes, for harm that is done in the middle of it. */
export interface FlowProgress {
  /** Messages so far whose senders hold an acknowledgement. */
  acked(): number;
  /** Settles when so many more messages are acknowledged; rejects when none are any more. */
  moreAcked(count: number): Promise<void>;
  /** Settles when so many more copies have come to recipients, repetitions included; rejects when none come any more. */
  moreDelivered(count: number): Promise<void>;
}

/**
 * Sends at a steady rate through rooms of two, does harm meanwhile, waits until every message is acknowledged, lets recipients
 * fill their gaps, and audits senders, recipients and store. The harm begins with the flow; the flow lasts at least as long as the harm, so that harm which
 * waits for the flow to go on finds it going on, however slow the machine.
 */
export async function runThrough(flow: Flow, harm: (progress: FlowProgress) => Promise<void>): Promise<FlowLedger> {
  const clients = await openClients(flow);
  const sent: string[] = [];
  const acked = () => clients.reduce((sum, client) => sum + client.acked.size, 0);
  const delivered = () => clients.reduce((sum, { received }) => sum + received.length, 0);
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
    await Promise.all(clients.map((client) => client.fillGaps()));
    return await auditFlow(flow.store, clients, sent);
  } finally {
    for (const client of clients) client.close();
  }
}

/** Settles when a count has grown by so many; rejects when it stands still. */
async function grows(read: () => number, by: number): Promise<void> {
  const from = read();
  let last = from;
  let changedAt = performance.now();
  for (let now = from; now < from + by; now = read()) {
    if (now > last) changedAt = performance.now();
    else if (performance.now() > changedAt + STANDSTILL_MS) throw new Error(`expected ${by} more, got ${now - from}`);
    last = now;
    await sleep(5);
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
