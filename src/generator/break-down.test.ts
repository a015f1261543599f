import { describe, expect, it } from 'vitest';
import { chooseClients } from '../plan/choose-clients.ts';
import { buildPlanFixture } from '../testing/plan-fixture.ts';
import { breakDownByGateway, breakDownByRegion, breakDownByStall } from './break-down.ts';

it('a delivery stays at a gateway where sender and recipient are at the same one, and else crosses over', () => {
  const [byGateway] = breakDownByGateway((client) => client % 2, 2);
  const labelOf = (sender: number, recipient: number) => byGateway!.labels[byGateway!.classify(0, sender, recipient)];
  expect(labelOf(0, 2)).toBe('gateway=same');
  expect(labelOf(1, 3)).toBe('gateway=same');
  expect(labelOf(0, 1)).toBe('gateway=cross');
  expect(labelOf(3, 0)).toBe('gateway=cross');
});

it('a delivery is to the gateway of who gets it, whoever sent it', () => {
  const [, byRecipient] = breakDownByGateway((client) => client % 3, 3);
  const labelOf = (sender: number, recipient: number) =>
    byRecipient!.labels[byRecipient!.classify(0, sender, recipient)];
  expect([labelOf(0, 4), labelOf(1, 3), labelOf(2, 2)]).toEqual(['to=2', 'to=1', 'to=3']);
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

describe('regions of agents', () => {
  const part = { isSplit: (room: number) => room === 7, shardOf: (client: number) => client % 4 };
  const regions = ['tokyo', 'london', null, 'london'];

  it('tell a delivery apart by where its sender is, to where its recipient is', () => {
    const [byRegion] = breakDownByRegion(regions, 1, part);
    expect(byRegion!.labels).toEqual(['from=london,to=london', 'from=tokyo,to=london']);
    const labelOf = (room: number, sender: number) => byRegion!.labels[byRegion!.classify(room, sender, 1)];
    expect([0, 1, 2, 3].map((sender) => labelOf(7, sender))).toEqual([
      'from=tokyo,to=london',
      'from=london,to=london',
      undefined,
      'from=london,to=london',
    ]);
    // All of a whole room are clients of this shard.
    expect(labelOf(0, 4)).toBe('from=london,to=london');
  });

  it('are not told apart where the own one is not known', () => {
    expect(breakDownByRegion(regions, 2, part)).toEqual([]);
    expect(breakDownByRegion([], 0, part)).toEqual([]);
  });
});
