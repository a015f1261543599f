import { describe, expect, it } from 'vitest';
import { type Parsed, parseBytes, parseCount, parseDurationUs, parseRatePerSecond, parseRatio } from './units.ts';

function outcomeOf<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : parsed.reason;
}

describe('durations', () => {
  it.each([
    ['250us', 250],
    ['250µs', 250],
    ['5ms', 5_000],
    ['1.5s', 1_500_000],
    ['1.005s', 1_005_000], // 1.005 · 10^6 is 1004999.9999999999 in doubles
    ['2m', 120_000_000],
    ['1h', 3_600_000_000],
    [' 30 s ', 30_000_000],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d µs', (text, us) => expect(outcomeOf(parseDurationUs(text))).toBe(us));

  it.each(['5x', '30', '-5s', '', 's', '1e3s', '1,5s', '5 ms ms', 'NaN', 'Infinity', '99999999999999h'])(
    'refuses "%s" with what it expected and what it got',
    (text) => {
      expect(outcomeOf(parseDurationUs(text))).toBe(
        `expected a duration such as 30s or 2m, got ${JSON.stringify(text)}`,
      );
    },
  );
});

describe('rates', () => {
  it.each([
    ['1200', 1200],
    ['1200/s', 1200],
    ['60/m', 1],
    ['90/min', 1.5],
    ['3600/h', 1],
    ['0.5/s', 0.5],
    ['0', 0],
  ])('%s is %d a second', (text, rate) => expect(outcomeOf(parseRatePerSecond(text))).toBe(rate));

  it.each(['abc', '1200/x', '-1', '1,200', '1e999', ''])('refuses "%s"', (text) => {
    expect(outcomeOf(parseRatePerSecond(text))).toBe(
      `expected a rate such as 1200 or 1200/s, got ${JSON.stringify(text)}`,
    );
  });
});

describe('sizes, percentages, counts', () => {
  it.each([
    ['100', 100],
    ['100B', 100],
    ['1KiB', 1024],
    ['64KB', 64_000],
    ['1.5KiB', 1536],
    ['1MiB', 1_048_576],
  ])('%s is %d bytes', (text, bytes) => expect(outcomeOf(parseBytes(text))).toBe(bytes));

  it.each(['1.5', '100b', '-1', 'KiB', '1GiBB'])('refuses "%s" as a size', (text) => {
    expect(parseBytes(text).ok).toBe(false);
  });

  it.each([
    ['100%', 1],
    ['99.9%', 999 / 1000], // 99.9 / 100 is one step above 999 / 1000
    ['99.99 %', 9999 / 10000],
    ['0%', 0],
  ])('%s is the ratio %d', (text, ratio) => expect(outcomeOf(parseRatio(text))).toBe(ratio));

  it.each(['99.9', '101%', '-1%', '%'])('refuses "%s" as a percentage', (text) => {
    expect(parseRatio(text).ok).toBe(false);
  });

  it.each(['1.5', '-1', '1e3', '', '99999999999999999999', '0x10'])('refuses "%s" as a count', (text) => {
    expect(parseCount(text).ok).toBe(false);
  });
});
