import { monotonicUs } from '../clock.ts';
import {
  DELIVERY_STATIONS,
  encodeStamp,
  findStamps,
  NO_STAMP,
  patchStamp,
  readStamps,
  STAMP_DIGITS,
} from '../cluster/wire/hop-stamps.ts';
import { Histogram } from '../record/histogram.ts';
import { Ledger } from '../record/ledger.ts';
import { createMarker, MarkerReader, patchMarker } from '../record/marker.ts';
import { type Measurement, median } from './measurement.ts';
import { PAIRS } from './pairs.ts';

const ROUNDS = 5;
const OPERATIONS = 2_000_000;
const IN_FLIGHT = 1_000;

/** Nanoseconds per operation of the hot path, each the median of five rounds after a warm-up. */
export function timeOperations(): readonly Measurement[] {
  return [
    time('histogram record()', 'one value', createHistogramRound()),
    time('ledger offer + write + deliver', '1,000 messages in flight, rooms of two', ledgerRound),
    time('marker read', 'in a frame of 180 bytes', createMarkerRound()),
    time('hop stamp', 'taken by a gateway or worker', stampRound),
    time('hop stamps found, patched, read', 'in a frame of 180 bytes, by gateway and generator', createHopsRound()),
  ];
}

function time(name: string, note: string, round: (operations: number) => void): Measurement {
  round(OPERATIONS / 4);
  const nanoseconds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    round(OPERATIONS);
    return ((performance.now() - startedAt) * 1e6) / OPERATIONS;
  });
  return { name, value: median(nanoseconds), unit: 'ns', note };
}

function createHistogramRound(): (operations: number) => void {
  const histogram = new Histogram();
  const values = Array.from({ length: 4096 }, (_, i) => (i * 7919) % 500_000);
  return (operations) => {
    for (let i = 0; i < operations; i++) histogram.record(values[i & 4095]!);
  };
}

function ledgerRound(operations: number): void {
  const ledger = new Ledger({ rooms: PAIRS, senderReceives: false, expectsAck: false });
  for (let i = 0; i < operations; i++) {
    const room = i & 1023;
    ledger.write(ledger.offer(room, room * 2, i, true), i);
    const sequence = i - IN_FLIGHT;
    if (sequence < 0) continue;
    const settled = sequence & 1023;
    ledger.deliver(sequence, settled, settled * 2 + 1);
  }
}

function stampRound(operations: number): void {
  let digits = 0;
  for (let i = 0; i < operations; i++) digits += encodeStamp(monotonicUs()).length;
  if (digits !== operations * STAMP_DIGITS) throw new Error('a stamp has another length');
}

function createHopsRound(): (operations: number) => void {
  const stations = DELIVERY_STATIONS.length;
  const body = 'x'.repeat(80);
  const frame = Buffer.from(encodeMessageFixture(body, NO_STAMP.repeat(stations)));
  const stamps = new Float64Array(stations);
  return (operations) => {
    for (let i = 0; i < operations; i++) {
      const at = findStamps(frame, stations);
      patchStamp(frame, at + (stations - 1) * STAMP_DIGITS, i);
      if (!readStamps(frame, at, stamps)) throw new Error('a stamp cannot be read');
    }
  };
}

function encodeMessageFixture(body: string, stamps: string): string {
  return `{"t":"message","id":"a","room":"r6","seq":1,"from":"u1","at":1,"body":"${body}","hops":"${stamps}"}`;
}

function createMarkerRound(): (operations: number) => void {
  const marker = createMarker('test', 0);
  const frame = Buffer.from(
    `{"t":"message","id":"${marker}","room":"r6","seq":1,"from":"u1","at":1,"body":"${marker}"}`.padEnd(180),
  );
  patchMarker(frame, frame.indexOf(marker), 123_456, 6);
  const reader = new MarkerReader('test');
  return (operations) => {
    for (let i = 0; i < operations; i++) reader.read(frame);
  };
}
