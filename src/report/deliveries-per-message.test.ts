import { expect, it } from 'vitest';
import { deliveriesPerMessage } from './deliveries-per-message.ts';

it.each([
  { sent: 0, expected: 0, deliveries: 1 },
  { sent: 100, expected: 0, deliveries: 1 },
  { sent: 100, expected: 99, deliveries: 1 },
  { sent: 100, expected: 2_000, deliveries: 20 },
  { sent: 100, expected: 250, deliveries: 2.5 },
])('a message has $deliveries deliveries where $sent are sent and $expected expected', ({ deliveries, ...ledger }) => {
  expect(deliveriesPerMessage(ledger)).toBe(deliveries);
});
