import { expect, it } from 'vitest';
import { breakDownByGateway } from './break-down.ts';

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
