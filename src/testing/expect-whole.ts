import { expect } from 'vitest';
import type { FlowLedger } from './audit-flow.ts';

/** Nothing that was acknowledged is lost or stored twice, and every recipient has all of it, or got it when it asked. */
export function expectWhole(ledger: FlowLedger, expected: Partial<FlowLedger> = {}): void {
  const { sent } = ledger;
  expect(ledger).toMatchObject({ acked: sent, rows: sent, distinctRows: sent, lost: 0, missing: 0, ...expected });
}

/** Most deliveries came by themselves: a subscription that breaks comes back. */
export function expectMostlyLive({ sent, filled }: FlowLedger): void {
  // In rooms of two there is one delivery of each message.
  expect(filled).toBeLessThan(sent / 2);
}
