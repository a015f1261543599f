import { expect, it } from 'vitest';
import { AUDIT } from './audit-rows.ts';
import { readLimits } from './read-limits.ts';

it('limits of a file take the place of those of the same row and figure, and leave the others', () => {
  const rows = readLimits('tails: { delivery.p99: [1s, 2s] }\ncapacity: { capacity: [5000/s] }\n', 'mine.yaml');
  const of = (id: string, metric: string) =>
    rows.find((row) => row.id === id)!.criteria.find((criterion) => criterion.metric === metric)!;
  expect(of('tails', 'delivery.p99')).toMatchObject({ limits: ['1s', '2s'], reason: 'set in mine.yaml' });
  expect(of('capacity', 'capacity').limits).toEqual(['5000/s']);
  expect(rows.slice(2)).toEqual(AUDIT.slice(2));
  expect(readLimits('', 'empty.yaml')).toEqual(AUDIT);
});

it.each([
  ['tials: { delivery.p99: [1s] }', /^mine\.yaml: .*tials/],
  ['tails: { delivery.p98: [1s] }', /^mine\.yaml: tails\.delivery\.p98: expected one of delivery\.p95, delivery\.p99/],
  ['tails: { delivery.p99: [fast] }', /^mine\.yaml: tails\.delivery\.p99: delivery\.p99 is a duration: /],
  ['tails: { delivery.p99: [] }', /^mine\.yaml: tails\.delivery\.p99: /],
  ['capacity: { capacity: [many] }', /^mine\.yaml: capacity\.capacity: expected a rate/],
  ['tails: { delivery.p99: [', /^mine\.yaml: /],
])('%s is refused', (text, problem) => expect(() => readLimits(text, 'mine.yaml')).toThrow(problem));
