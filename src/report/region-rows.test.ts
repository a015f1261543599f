import { expect, it } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { smallResult } from '../testing/small-result.ts';
import { latencyRows } from './latency-rows.ts';
import { regionRows } from './region-rows.ts';
import { choosePalette } from './terminal/palette.ts';
import { regionLines } from './terminal/region-lines.ts';

const run = {
  ...smallResult({
    samples: {
      breakdowns: {
        'from=tokyo,to=tokyo': encodeValues(new Array(100).fill(2_000)),
        'from=tokyo,to=london': encodeValues(new Array(100).fill(240_000)),
        'from=london,to=tokyo': encodeValues(new Array(100).fill(260_000)),
        'from=london,to=london': encodeValues([]),
      },
    },
  }),
  clockErrorUs: 30_000,
  clockErrorsUs: {
    'from=tokyo,to=tokyo': 0,
    'from=tokyo,to=london': 12_000,
    'from=london,to=tokyo': 30_000,
    'from=london,to=london': 0,
  },
};

it('tells each way between regions with its own error, and the mean of both ways without one', () => {
  const rows = regionRows(run).map(({ from, to, values, isUnknown, clockErrorUs, bothWaysMeanUs }) => [
    `${from} ${to}`,
    values === null ? isUnknown : Math.round(values.p50Us / 1_000),
    clockErrorUs,
    bothWaysMeanUs === null ? null : Math.round(bothWaysMeanUs / 1_000),
  ]);
  expect(rows).toEqual([
    ['tokyo tokyo', 2, 0, null],
    ['tokyo london', 240, 12_000, 250],
    ['london tokyo', true, 30_000, 250],
  ]);
});

it('has a table of its own, which is left out where no room spans two regions', () => {
  expect(latencyRows(run).map(({ name }) => name)).not.toContain('cross gateway');
  expect(regionLines(run, choosePalette(false))).toEqual([
    ' Between regions, ms         p50      p95      p99     clocks  both ways',
    '   tokyo → tokyo            2.00     2.00     2.00        one',
    '   tokyo → london            240      240      240    ± 12 ms        250',
    '   london → tokyo                        not known    ± 30 ms        250',
    "   both ways: mean of there and back, free of the clocks' error",
  ]);
  const breakdowns = { 'from=tokyo,to=tokyo': encodeValues([2_000]) };
  expect(regionRows(smallResult({ samples: { breakdowns } }))).toEqual([]);
});
