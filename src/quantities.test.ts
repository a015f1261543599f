import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCores,
  formatCount,
  formatDuration,
  formatFactor,
  formatLatency,
  formatMs,
  formatPlural,
  formatRate,
  formatRatio,
  formatShare,
} from './quantities.ts';

it('shows latencies in milliseconds at about three significant digits', () => {
  expect([0, 42, 851, 7_934, 9_999, 12_345, 99_940, 345_678, 3_480_000].map(formatMs)).toEqual([
    '0.00',
    '0.042',
    '0.85',
    '7.93',
    '10.00',
    '12.3',
    '99.9',
    '346',
    '3,480',
  ]);
});

it('tells no data and infinity from numbers', () => {
  expect([formatMs(null), formatMs(Number.POSITIVE_INFINITY)]).toEqual(['–', '∞']);
  expect([formatLatency(null), formatLatency(Number.POSITIVE_INFINITY), formatLatency(7_934)]).toEqual([
    'no data',
    '∞',
    '7.93 ms',
  ]);
  expect([formatRate(null), formatRatio(null)]).toEqual(['no data', 'no data']);
});

it.each([
  [0, '0 s'],
  [400, '0.4 ms'],
  [999.6, '1 ms'],
  [1_000, '1 ms'],
  [7_942, '7.94 ms'],
  [9_999, '10 ms'],
  [123_456, '123 ms'],
  [999_700, '1 s'],
  [1_204_000, '1.2 s'],
  [12_440_000, '12.4 s'],
  [59_960_000, '1 min'],
  [90_000_000, '1 min 30 s'],
  [125_000_000, '2 min 5 s'],
  [3_599_600_000, '1 h'],
  [5_400_000_000, '1 h 30 min'],
  [Number.POSITIVE_INFINITY, '∞'],
  [null, 'no data'],
])('%d µs reads %s', (us, text) => expect(formatDuration(us)).toBe(text));

it('never rounds a loss away: 99.9996 % is not 100 %', () => {
  expect([1, 0.999996, 0.999, 0.29, 0.07, 0, Number.NaN].map(formatRatio)).toEqual([
    '100 %',
    '99.999 %',
    '99.9 %',
    '29 %',
    '7 %',
    '0 %',
    'no data',
  ]);
});

it('tells of a share its size alone', () => {
  expect([0, 0.0004, 0.0812, 0.0996, 0.1339, 1.52].map(formatShare)).toEqual([
    '0 %',
    '0 %',
    '8.1 %',
    '10 %',
    '13 %',
    '152 %',
  ]);
});

it('chooses what fits for rates, sizes and factors', () => {
  expect([0, 0.25, 9.996, 33.333, 99.96, 1199.6].map(formatRate)).toEqual([
    '0/s',
    '0.25/s',
    '10/s',
    '33.3/s',
    '100/s',
    '1,200/s',
  ]);
  expect([512, 1_842, 104_857_600, 8_321_499_136].map(formatBytes)).toEqual(['512 B', '1.8 kB', '105 MB', '8.3 GB']);
  expect([0.894, 53.2, Number.POSITIVE_INFINITY].map(formatFactor)).toEqual(['0.89', '53', '∞']);
});

it('groups thousands and counts nouns', () => {
  expect([formatCount(36_000), formatPlural(1, 'gateway'), formatPlural(2, 'gateway')]).toEqual([
    '36,000',
    '1 gateway',
    '2 gateways',
  ]);
});

it('names the cores that may be used, and what limits them', () => {
  const told = [{ cores: 1 }, { cores: 2 }, { cores: 2, machineCores: 2, quotaCores: null }];
  expect(told.map(formatCores)).toEqual(['1 core', '2 cores', '2 cores']);
  expect(formatCores({ cores: 1, machineCores: 8 })).toBe('1 of 8 cores');
  expect(formatCores({ cores: 2, machineCores: 8, quotaCores: 1.5 })).toBe('2 of 8 cores, quota 1.5');
  expect(formatCores({ cores: 2, quotaCores: 1.5 })).toBe('2 cores, quota 1.5');
});
