import { expect, it } from 'vitest';
import { buildPlanFixture } from '../testing/plan-fixture.ts';
import { chooseClients } from './choose-clients.ts';

const CLIENTS = 2_000;
const leave = (share: number) => ({ action: 'disconnect', atUs: 0, forUs: 1, share }) as const;

function choose(...shares: readonly number[]) {
  return chooseClients({ ...buildPlanFixture(), clients: CLIENTS, clientFaults: shares.map(leave) });
}

it('chooses a share of the clients, rounded, and at least one', () => {
  expect(choose(0.5, 0.1004, 0.0001).map(({ size }) => size)).toEqual([1_000, 201, 1]);
});

it('chooses anew for each fault: who was chosen for one says nothing of who is for the next, nor does a neighbour', () => {
  const [first, second] = choose(0.5, 0.5) as [ReadonlySet<number>, ReadonlySet<number>];
  for (const apart of [-1, 0, 1]) {
    const both = [...first].filter((client) => second.has(client + apart)).length;
    // A quarter of all, give or take five standard deviations of a hypergeometric draw (√(N/16) ≈ 11).
    expect(Math.abs(both - CLIENTS / 4), `${apart} apart`).toBeLessThan(56);
  }
});
