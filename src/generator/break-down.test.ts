import { expect, it } from 'vitest';
import { chooseClients } from '../plan/choose-clients.ts';
import { buildPlanFixture } from '../testing/plan-fixture.ts';
import { breakDownByGateway, breakDownByStall } from './break-down.ts';

it('a delivery stays at a gateway where sender and recipient are at the same one, and else crosses over', () => {
  const [byGateway] = breakDownByGateway((client) => client % 2, 2);
  const labelOf = (sender: number, recipient: number) => byGateway!.labels[byGateway!.classify(0, sender, recipient)];
  expect(labelOf(0, 2)).toBe('gateway=same');
  expect(labelOf(1, 3)).toBe('gateway=same');
  expect(labelOf(0, 1)).toBe('gateway=cross');
  expect(labelOf(3, 0)).toBe('gateway=cross');
});

it('where there is one gateway, nothing is told apart', () => {
  expect(breakDownByGateway(() => 0, 1)).toEqual([]);
});

it('a delivery is of those who stopped reading by who gets it, whoever sent it', () => {
  const stall = { action: 'stall', atUs: 0, forUs: 1, share: 0.5 } as const;
  const plan = { ...buildPlanFixture(), clientFaults: [stall] };
  const stalled = [...chooseClients(plan)[0]!][0]!;
  const other = [0, 1, 2, 3].find((client) => !chooseClients(plan)[0]!.has(client))!;
  const [byStall] = breakDownByStall(plan, { clientOf: (seat) => seat });
  const labelOf = (sender: number, recipient: number) => byStall!.labels[byStall!.classify(0, sender, recipient)];
  expect([labelOf(other, stalled), labelOf(stalled, other)]).toEqual(['client=stalled', 'client=others']);
});
