import { expect, it } from 'vitest';
import { queueOfObserved } from './queue-of-observed.ts';

const series = (name: string, atUs: number[], values: (number | null)[]) => ({
  name,
  unit: 'number' as const,
  source: 'amqp' as const,
  intervalMs: 100,
  gaps: 3,
  trouble: null,
  atUs: atUs.map((ms) => ms * 1000),
  values,
});

it('is what the scenario calls queue, without failed readings, with the latest that is known of its consumers', () => {
  const ready = series('queue', [0, 100, 200, 300, 400], [0, 5, null, 7.4, 2]);
  const unacked = series('queue.unacked', [60, 149, 250, 360], [9, 10, 20, null]);
  expect(queueOfObserved([series('lag', [0], [9]), ready, unacked])).toEqual({
    source: 'amqp',
    intervalMs: 100,
    gaps: 3,
    atUs: [0, 100_000, 300_000, 400_000],
    ready: [0, 5, 7, 2],
    inFlight: [null, 10, 20, null],
  });
  expect(queueOfObserved([ready])?.inFlight).toEqual([null, null, null, null]);
  expect(queueOfObserved([series('lag', [0], [9])])).toBeNull();
});
