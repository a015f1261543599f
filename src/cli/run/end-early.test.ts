import { expect, it } from 'vitest';
import type { RunningTarget } from '../../launch/running-target.ts';
import { buildScenarioFixture } from '../../testing/plan-fixture.ts';
import { secondFixture } from '../../testing/second-fixture.ts';
import { endEarly } from './end-early.ts';
import type { RunView } from './run-view.ts';

function watch() {
  const notes: string[] = [];
  const target = { failure: new Promise(() => {}) } as unknown as RunningTarget;
  const view = { note: (text: string) => notes.push(text) } as unknown as RunView;
  return { end: endEarly(buildScenarioFixture({}), target, new AbortController().signal, view), notes };
}

it('ends a run in which nobody was let in, once a message of measure was due', () => {
  const { end, notes } = watch();
  end.noteConnected(0);
  end.observe(secondFixture(0), null, 0);
  expect(end.signal.aborted).toBe(false);
  end.observe(secondFixture(1), null, 1_200);
  expect(end.signal.aborted).toBe(true);
  expect(end.reasons().aborted).toEqual({ expression: 'unsendable == 0', actual: '1,200', atUs: 2_000_000 });
  end.observe(secondFixture(2), null, 2_400);
  expect(notes).toEqual(["ending the run: 'unsendable == 0' is at 1,200"]);
});

it('goes on where a single client is there, whatever the others could not send', () => {
  const { end } = watch();
  end.noteConnected(1);
  end.observe(secondFixture(0), null, 1_200);
  expect([end.signal.aborted, end.reasons().aborted]).toEqual([false, null]);
});
