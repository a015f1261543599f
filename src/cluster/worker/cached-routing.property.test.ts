import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RouteChangeListener, RouteSource } from '../ports/room-routing.ts';
import { createCachedRouting } from './cached-routing.ts';

const ROOMS = ['a', 'b', 'c'];

/** What is kept for the cluster, with the whole past of each room, and notices that are told when the test says so. */
function createSource() {
  let epoch = 1;
  const past = new Map(ROOMS.map((room) => [room, [{ epoch, route: '1' }]]));
  const notices: { epoch: number; room: string }[] = [];
  let listener: RouteChangeListener | null = null;
  /** When a look-up comes to be answered, and when its answer comes back. */
  let delay = (): Promise<void> => Promise.resolve();
  let calls = 0;
  const source: RouteSource = {
    async lookUp(rooms) {
      calls += rooms.length;
      await delay();
      const snapshot = { epoch, routes: rooms.map((room) => [past.get(room)!.at(-1)!.route]) };
      await delay();
      return snapshot;
    },
    watch: async (given) => {
      listener = given;
    },
    close: async () => {},
  };
  return {
    source,
    past,
    calls: () => calls,
    epoch: () => epoch,
    change(room: string): void {
      past.get(room)!.push({ epoch: ++epoch, route: String(epoch) });
      notices.push({ epoch, room });
    },
    tell(): void {
      const notice = notices.shift();
      if (notice !== undefined) listener?.changed(notice.epoch, notice.room);
    },
    lose: () => void notices.shift(),
    interrupt(): void {
      notices.length = 0;
      listener?.interrupted();
    },
    delayBy: (made: () => Promise<void>) => {
      delay = made;
    },
  };
}

const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const), room: fc.constantFrom(...ROOMS) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('tell' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('lose' as const, 'interrupt' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), rooms: fc.subarray(ROOMS, { minLength: 1 }) }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('proceed' as const), nth: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 2_000) }) },
);

test('an answer never lacks a change that was made before the question, however calls and notices interleave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const cluster = createSource();
      /** Look-ups on their way there or back. */
      const underWay: (() => void)[] = [];
      cluster.delayBy(() => new Promise((resolve) => underWay.push(resolve)));
      let nowMs = 0;
      const routing = await createCachedRouting(cluster.source, { capacity: 2, nowMs: () => nowMs });
      let open = 0;

      async function ask(rooms: readonly string[]): Promise<void> {
        const askedAt = cluster.epoch();
        open++;
        const answers = await routing.gatewaysOf(rooms);
        open--;
        for (const [i, room] of rooms.entries()) {
          const known = cluster.past.get(room)!.findLast(({ epoch }) => epoch <= askedAt)!;
          expect(Number(answers[i]![0])).toBeGreaterThanOrEqual(Number(known.route));
        }
      }

      const questions: Promise<void>[] = [];
      for (const step of actions) {
        if (step.kind === 'change') cluster.change(step.room);
        else if (step.kind === 'ask') questions.push(ask(step.rooms));
        else if (step.kind === 'proceed') underWay.splice(step.nth % (underWay.length || 1), 1)[0]?.();
        else if (step.kind === 'pass') nowMs += step.ms;
        else cluster[step.kind]();
        await new Promise(setImmediate);
      }
      while (open > 0) {
        underWay.shift()?.();
        await new Promise(setImmediate);
      }
      await Promise.all(questions);
    }),
    { numRuns: 500 },
  );
});

test('rooms that nobody joins or leaves are looked up once', async () => {
  const cluster = createSource();
  const routing = await createCachedRouting(cluster.source);
  for (let n = 0; n < 10; n++) await routing.gatewaysOf(['a', 'b']);
  expect(cluster.calls()).toBe(2);
  expect(routing.counters).toEqual({ hits: 18, misses: 2, behind: 0 });
  cluster.change('a');
  cluster.tell();
  expect(await routing.gatewaysOf(['a', 'b'])).toEqual([['2'], ['1']]);
  expect(cluster.calls()).toBe(3);
});

test('a change whose notice is under way is not overlooked, and one whose notice never comes holds nothing up', async () => {
  const cluster = createSource();
  let nowMs = 0;
  const routing = await createCachedRouting(cluster.source, { nowMs: () => nowMs });
  await routing.gatewaysOf(['a', 'b']);
  cluster.change('a');
  cluster.lose();
  expect(await routing.gatewaysOf(['a'])).toEqual([['2']]);
  expect(await routing.gatewaysOf(['a'])).toEqual([['2']]);
  expect(routing.counters).toMatchObject({ behind: 2 });
  nowMs += 1_500;
  await routing.gatewaysOf(['a']);
  await routing.gatewaysOf(['a']);
  const { behind } = routing.counters;
  await routing.gatewaysOf(['a']);
  expect(routing.counters.behind).toBe(behind);
});

test('rooms that were warmed are answered from memory', async () => {
  const cluster = createSource();
  const routing = await createCachedRouting(cluster.source);
  await routing.warm(['a', 'c']);
  expect(await routing.gatewaysOf(['c', 'a'])).toEqual([['1'], ['1']]);
  expect(cluster.calls()).toBe(2);
});

test('an entry that was overtaken by its change on the way here is not remembered', async () => {
  const cluster = createSource();
  const routing = await createCachedRouting(cluster.source);
  await routing.gatewaysOf(['a']);
  const underWay: (() => void)[] = [];
  cluster.delayBy(() => new Promise((resolve) => underWay.push(resolve)));
  const question = routing.gatewaysOf(['b']);
  underWay.shift()!();
  await new Promise(setImmediate);
  cluster.change('b');
  cluster.tell();
  underWay.shift()!();
  expect(await question).toEqual([['1']]);
  cluster.delayBy(() => Promise.resolve());
  expect(await routing.gatewaysOf(['b'])).toEqual([['2']]);
});
