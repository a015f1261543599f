import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLatency,
  formatMs,
  formatPlural,
  formatRate,
  formatRatio,
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

it('never rounds a ratio up to 100 %', () => {
  expect([1, 0.999999, 0.98, 0].map(formatRatio)).toEqual(['100 %', '99.99 %', '98 %', '0 %']);
});

it('chooses a unit that fits durations, rates and sizes', () => {
  expect([0, 400, 850_000, 1_000_000, 12_440_000, 60_000_000, 125_000_000].map(formatDuration)).toEqual([
    '0 ms',
    '< 1 ms',
    '850 ms',
    '1 s',
    '12.4 s',
    '1 min',
    '2 min 5 s',
  ]);
  expect([0.25, 9.96, 1199.6].map(formatRate)).toEqual(['0.3/s', '10/s', '1,200/s']);
  expect([512, 1_842, 104_857_600, 8_321_499_136].map(formatBytes)).toEqual(['512 B', '1.8 kB', '105 MB', '8.3 GB']);
});

it('groups thousands and counts nouns', () => {
  expect([formatCount(36_000), formatPlural(1, 'gateway'), formatPlural(2, 'gateway')]).toEqual([
    '36,000',
    '1 gateway',
    '2 gateways',
  ]);
});
