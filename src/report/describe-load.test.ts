import { expect, it } from 'vitest';
import { describeLoad, describePopulation } from './describe-load.ts';

const steady = { fromPerSecond: 1200, toPerSecond: 1200, durationUs: 30_000_000 };
const ramp = { fromPerSecond: 100, toPerSecond: 2_000, durationUs: 90_000_000 };

it('puts a load into words', () => {
  expect(describeLoad({ process: 'constant', stages: [steady] })).toBe('1,200/s for 30 s');
  expect(describeLoad({ process: 'poisson', stages: [ramp, steady] })).toBe(
    '100/s to 2,000/s over 1 min 30 s, then 1,200/s for 30 s (Poisson arrivals)',
  );
});

it('puts a population into words', () => {
  const load = { process: 'constant' as const, stages: [steady], payloadBytes: 100 };
  expect(describePopulation({ population: { clients: 50, roomSize: 2 }, load })).toBe(
    '50 clients in rooms of 2, 100 B a message',
  );
  expect(describePopulation({ population: { clients: 1, roomSize: 1 }, load })).toBe('1 client, 100 B a message');
});
