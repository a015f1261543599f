import { expect, test } from 'vitest';
import type { StoredMessage } from '../cluster/ports/message-store.ts';
import { type AuditedClient, auditFlow } from './audit-flow.ts';

const SENT = ['a1', 'b1', 'a2', 'b2', 'a3'];
const number = (id: string) => ({ id, seq: SENT.indexOf(id) + 1 });

function client(has: { acked: string[]; received: string[]; found: string[] }): AuditedClient {
  const { acked, received, found } = has;
  const counts = { resent: 1, refused: 2, connects: 3 };
  return { room: 'r', acked: new Set(acked), received: received.map(number), found: found.map(number), counts };
}

function storeOf(ids: readonly string[]) {
  const rows = ids.map((id): StoredMessage => ({ ...number(id), from: 'x', at: 0, body: id }));
  // Pages of two: shorter than asked for, and more follows.
  return { history: async (_: string, after: number) => rows.filter(({ seq }) => seq > after).slice(0, 2) };
}

const ann = client({ acked: ['a1', 'a2', 'a3'], received: ['b1', 'b2'], found: ['a1', 'a2', 'a3'] });

test('what is stored, but out of a recipient’s reach, is missing and not lost', async () => {
  const bob = client({ acked: ['b1', 'b2'], received: ['a1', 'a1'], found: ['a2', 'b2'] });
  expect(await auditFlow(storeOf(SENT), [ann, bob], SENT)).toEqual({
    sent: 5,
    acked: 5,
    rows: 5,
    distinctRows: 5,
    lost: 0,
    missing: 1,
    filled: 1,
    reordered: 0,
    resent: 2,
    refused: 4,
    reconnects: 4,
  });
});

test('what was delivered, but is not stored, is lost and not missing', async () => {
  const bob = client({ acked: ['b1', 'b2'], received: ['a2', 'a1', 'a3'], found: [] });
  const ledger = await auditFlow(storeOf(['a1', 'b1', 'b2', 'a3']), [ann, bob], SENT);
  expect(ledger).toMatchObject({ rows: 4, distinctRows: 4, lost: 1, missing: 0, filled: 0, reordered: 1 });
});
