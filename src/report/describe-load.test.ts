import { expect, it } from 'vitest';
import { loadFixture, populationFixture } from '../testing/plan-fixture.ts';
import { describeLoad, describePopulation } from './describe-load.ts';

const steady = { fromPerSecond: 1200, toPerSecond: 1200, durationUs: 30_000_000 };
const ramp = { fromPerSecond: 100, toPerSecond: 2_000, durationUs: 90_000_000 };

it('puts a load into words', () => {
  expect(describeLoad(loadFixture([steady]))).toBe('1,200/s for 30 s');
  expect(describeLoad(loadFixture([ramp, steady], { process: 'poisson' }))).toBe(
    '100/s to 2,000/s over 1 min 30 s, then 1,200/s for 30 s (Poisson arrivals)',
  );
});

it('puts a population into words', () => {
  const load = loadFixture([steady], { payloads: [{ bytes: 100, share: 1 }] });
  expect(describePopulation({ population: populationFixture(50, 2), load })).toBe(
    '50 clients in rooms of 2, 100 B a message',
  );
  const several = { ...populationFixture(50, 2), roomClasses: [{ size: 2, count: 75 }], roomsPerClient: 3 };
  expect(describePopulation({ population: several, load })).toBe('50 clients, each in 3 rooms of 2, 100 B a message');
  expect(describePopulation({ population: populationFixture(1, 1), load })).toBe('1 client, 100 B a message');
  const mixed = {
    population: {
      clients: 60,
      roomClasses: [
        { size: 2, count: 5 },
        { size: 50, count: 1 },
      ],
      roomChoice: { kind: 'zipf' as const, exponent: 1.1 },
      senderShare: 0.2,
      connectPerSecond: null,
    },
    load: loadFixture([steady], {
      payloads: [
        { bytes: 100, share: 0.9 },
        { bytes: 1024, share: 0.1 },
      ],
    }),
  };
  expect(describePopulation(mixed)).toBe(
    '60 clients in rooms of 2, 50, popular rooms first (Zipf 1.1), 100 B (90 %), 1 kB (10 %) a message, 20 % of a room send',
  );
});
