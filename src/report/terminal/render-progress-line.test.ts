import { expect, it } from 'vitest';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import { renderProgressLine } from './render-progress-line.ts';

const update = LIVE_UPDATE;

it('says where the run is, how fast it goes and how long recipients wait', () => {
  expect(renderProgressLine(update)).toBe(
    'measure 12 s of 33 s  1,200/s sent, 1,198/s delivered, p95 7.93 ms, queue 12',
  );
});

it('counts connections while connecting and outstanding deliveries while draining', () => {
  const connecting = { ...update, phase: 'connect' as const, connected: 31, openedPerSecond: 1_420 };
  expect(renderProgressLine(connecting)).toBe('connect 12 s  31 of 50 opened, 1,420/s');
  expect(renderProgressLine({ ...update, phase: 'drain', queueDepth: null })).toBe('drain  5 still to be delivered');
});

it('leaves out what is not known', () => {
  const line = renderProgressLine({ ...update, phase: 'warm-up', elapsedUs: 400_000, last: null, queueDepth: null });
  expect(line).toBe('warm-up 0 s of 33 s  1,200/s sent, 1,198/s delivered');
});
