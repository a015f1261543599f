import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Histogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { LIVE_UPDATE } from '../../testing/live-update-fixture.ts';
import type { RunSignals } from './run-signals.ts';
import { openRunView, type RunView } from './run-view.ts';

const NOTHING = new Histogram().snapshot();
let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text).trimEnd());
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const openPlain = (signals = neverInterrupted()) =>
  openRunView('connections on local', { quiet: false, json: false, tui: false }, { signals });

function neverInterrupted(): RunSignals {
  return { signal: new AbortController().signal, interruptedBy: () => null, stopByHand() {}, release() {} };
}

function showSeconds(view: RunView, from: number, to: number, rest: Partial<LiveUpdate>): void {
  for (let second = from; second <= to; second += 0.25)
    view.show({ ...LIVE_UPDATE, elapsedUs: second * 1e6, ...rest }, NOTHING);
}

it('tells of connecting in plain lines every five seconds, and then of the run from its first second on', async () => {
  const view = await openPlain();
  const connecting = { phase: 'connect', connected: 12_000, clients: 20_000, openedPerSecond: 1_950 } as const;
  showSeconds(view, 0.25, 11, connecting);
  showSeconds(view, 1, 2, {});
  expect(lines).toEqual([
    'connect 5 s  12,000 of 20,000 opened, 1,950/s',
    'connect 10 s  12,000 of 20,000 opened, 1,950/s',
    expect.stringMatching(/^measure 1 s of 33 s /),
  ]);
});

it('tells of each of several runs, from the first second of each', async () => {
  const view = await openPlain();
  for (const number of [1, 2]) {
    view.begin({ kind: 'step', number, of: 2, label: `${number}00/s` });
    showSeconds(view, 0.25, 1, { phase: 'connect' });
    showSeconds(view, 1, 3, {});
  }
  expect(lines).toEqual([
    'step 1 of 2: 100/s',
    expect.stringMatching(/^measure 1 s /),
    'step 2 of 2: 200/s',
    expect.stringMatching(/^measure 1 s /),
  ]);
});

it('tells that it was asked to end while it is open, and not afterwards', async () => {
  for (const isOpen of [true, false]) {
    const controller = new AbortController();
    const signals: RunSignals = {
      signal: controller.signal,
      interruptedBy: () => 'SIGTERM',
      stopByHand() {},
      release() {},
    };
    const view = await openPlain(signals);
    if (!isOpen) view.close();
    controller.abort();
  }
  expect(lines).toEqual(['SIGTERM: stopping, and keeping what was measured']);
});
