import { expect, it } from 'vitest';
import type { SlowMessage } from '../../record/samples.ts';
import { smallResult } from '../../testing/small-result.ts';
import { slowRows } from '../slow-rows.ts';
import { choosePalette } from './palette.ts';
import { slowLines } from './slow-lines.ts';

const PLAIN = choosePalette(false);

function message(
  traceId: string,
  latencyUs: number,
  intendedAtUs: number,
  hops: SlowMessage['hops'] = [],
): SlowMessage {
  return {
    ...{ traceId, spanId: '00f067aa0ba902b7', latencyUs, intendedAtUs, epochUs: 1_767_225_600_000_000 + intendedAtUs },
    ...{ shard: 0, sequence: 7, room: 3, sender: 17, hops },
  };
}

const MESSAGES = [
  message('4bf92f3577b34da6a3ce929d0e0e4736', 1_204_000, 12_345_678, [
    { name: 'gateway', us: 4_000 },
    { name: 'queue', us: 1_000_000 },
    { name: 'commit', us: 200_000 },
  ]),
  message('0af7651916cd43dd8448eb211c80319c', 98_700, 1_500_000),
];

const withSlowest = (isTraced: boolean, messages: SlowMessage[] = MESSAGES) =>
  smallResult({ samples: { slowest: { limit: 20, isTraced, messages } } });

it('lists the slowest messages with their traces and when they were due', () => {
  expect(slowLines(withSlowest(true), PLAIN)).toEqual([
    ' Slowest messages',
    '   1,204 ms  trace 4bf92f3577b34da6a3ce929d0e0e4736  due at 12.346 s',
    '    98.7 ms  trace 0af7651916cd43dd8448eb211c80319c  due at  1.500 s',
  ]);
});

it('says in its rows whose they are, when by the clock on the wall, and which two hops took most', () => {
  expect(slowRows(withSlowest(true))).toEqual([
    {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      latency: '1,204 ms',
      at: '12.346 s',
      utc: '2026-01-01T00:00:12.345Z',
      who: 'room 3, sender 17',
      hops: 'queue 1,000 ms, commit 200 ms',
    },
    expect.objectContaining({ latency: '98.7 ms', utc: '2026-01-01T00:00:01.500Z', hops: '' }),
  ]);
});

it('is not there where the target was not told of their traces, or nothing was delivered', () => {
  expect(slowLines(withSlowest(false), PLAIN)).toEqual([]);
  expect(slowLines(withSlowest(true, []), PLAIN)).toEqual([]);
  expect(slowLines(smallResult(), PLAIN)).toEqual([]);
});
