import { expect, it } from 'vitest';
import { zeroConnections } from '../../record/connection-counts.ts';
import { Histogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { followRun } from './follow-run.ts';

it('tells of endpoints without the secrets of their addresses, and adds up those that then are one', () => {
  const shown: LiveUpdate[] = [];
  const follower = followRun({
    shards: 1,
    clients: 9,
    phases: { warmupUs: 0, measureUs: 1_000_000, drainTimeoutUs: 0 },
    queue: () => null,
    judge: () => [],
    show: (update) => void shown.push(update),
  });
  const perEndpoint = {
    'ws://joe:Zq7w4rden@chat.example:81/?token=Zq1111abc': 2,
    'ws://ann:Zq8w4rden@chat.example:81/?token=Zq2222abc': 3,
    'ws://127.0.0.1:8080/ws?room=7': 4,
  };
  follower.connect([{ ...zeroConnections(), attempted: 9, opened: 9, perEndpoint }]);
  const nothing = { offered: 0, sent: 0, skipped: 0, delivered: 0, inFlight: 0, latenessMaxUs: 0 };
  follower.add(0, { second: 0, ...nothing, delivery: new Histogram().snapshot() });
  expect(shown.map(({ connections }) => connections)).toEqual([
    [
      { endpoint: 'ws://***@chat.example:81/?token=***', opened: 5 },
      { endpoint: 'ws://127.0.0.1:8080/ws?room=7', opened: 4 },
    ],
  ]);
});
