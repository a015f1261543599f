import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryRoomActivity } from '../adapters/memory/memory-room-activity.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import { recordActivity } from './record-activity.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the rooms that most messages go to are noted, and answers are the same', async () => {
  const activity = createMemoryRoomActivity();
  const memory = createMemoryRouting();
  await (await memory.enter('g0')).join('busy');
  const routing = recordActivity(memory, activity);
  for (let n = 0; n < 100; n++)
    expect(await routing.gatewaysOf(['busy', 'calm', 'busy'])).toEqual([['g0'], [], ['g0']]);
  expect(await activity.mostActive(5)).toEqual([]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await activity.mostActive(5)).toEqual(['busy', 'calm']);
  await routing.close();
});
