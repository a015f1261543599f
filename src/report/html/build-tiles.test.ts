import { expect, it } from 'vitest';
import { buildResultFixture, buildVerdictFixture } from '../../testing/result-fixture.ts';
import { buildLimitLines, buildTiles } from './build-tiles.ts';

const result = buildResultFixture();
const tilesOf = (thresholds: Parameters<typeof buildVerdictFixture>[0], run = result) =>
  Object.fromEntries(buildTiles(run, buildVerdictFixture(thresholds)).map(({ name, ...tile }) => [name, tile]));

it('has each figure beside what was wanted of it, and says whether it is so', () => {
  const tiles = tilesOf({
    thresholds: [
      { expression: 'delivery.p95 < 170ms', actual: '8.38 ms', ok: true },
      { expression: 'delivery.p95<5ms', actual: '8.38 ms', ok: false },
      { expression: 'delivery.p99 < 20ms', actual: '14.1 ms', ok: false, undecided: 'too few' },
      { expression: 'delivery.p50 < 1ms during burst', actual: '3 ms', ok: false },
      { expression: 'connect.success >= 99%', actual: '97 %', ok: false },
      { expression: 'ack.p95 < 1s', actual: '4 ms', ok: true },
    ],
  });
  expect(tiles['delivery p95']).toEqual({ value: '8.38 ms', limit: 'of 5 ms', state: 'missed' });
  expect(tiles['delivery p99']).toMatchObject({ limit: 'of 20 ms', state: 'undecided' });
  expect(tiles['delivery p50']).toMatchObject({ limit: null, state: null });
  expect(tiles['delivery.p50 < 1ms during burst']).toEqual({ value: '3 ms', limit: null, state: 'missed' });
  expect(tiles['connect.success']).toEqual({ value: '97 %', limit: '>= 99%', state: 'missed' });
  expect(tiles['ack.p95']).toBeUndefined();
});

it('tells that less was delivered than was offered, though no threshold says so', () => {
  expect(tilesOf({ thresholds: [] }).delivered).toEqual({ value: '1,200/s', limit: 'of 1,200/s', state: null });
  const { ledger } = result.samples;
  const twice = { ...ledger, planned: 2 * ledger.planned };
  const behind = tilesOf({ thresholds: [] }, { ...result, samples: { ...result.samples, ledger: twice } });
  expect(behind.delivered).toEqual({ value: '1,200/s', limit: 'of 2,400/s', state: 'behind' });
});

it('takes what is lost for missed, also where nobody asked', () => {
  const { ledger } = result.samples;
  const lossy = { ...result, samples: { ...result.samples, ledger: { ...ledger, once: ledger.once - 3, lost: 3 } } };
  expect(tilesOf({ thresholds: [] }, lossy).lost).toEqual({ value: '3', limit: 'of 36,000', state: 'missed' });
  expect(tilesOf({ thresholds: [] }).lost).toEqual({ value: '0', limit: 'of 36,000', state: null });
});

it('draws thresholds on percentiles of delivery as lines, also those of a part of the run', () => {
  const thresholds = [
    { expression: 'delivery.p95 < 170ms', actual: '8 ms', ok: true },
    { expression: 'delivery.p99 <= 1s during burst', actual: '2,000 ms', ok: false },
    { expression: 'lost == 0', actual: '0', ok: true },
  ];
  expect(buildLimitLines(buildVerdictFixture({ thresholds }))).toEqual([
    { expression: 'delivery.p95 < 170ms', atUs: 170_000, ok: true },
    { expression: 'delivery.p99 <= 1s during burst', atUs: 1_000_000, ok: false },
  ]);
});
