import { expect, test } from 'vitest';
import { DEFECTS, type Defect } from '../../choices.ts';
import { createMemoryRateLimiter } from '../adapters/memory/memory-rate-limiter.ts';
import { createMemoryRouting } from '../adapters/memory/memory-routing.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { RateLimit } from '../ports/rate-limiter.ts';
import { plantInPath, plantInRateLimit, plantInWorker } from './plant-defect.ts';
import { withSlowHop } from './slow-hop.ts';

const unused = (name: string) => () => {
  throw new Error(`${name} is not used here`);
};
const path: GatewayPath = {
  open: unused('open'),
  send: unused('send'),
  notify: unused('notify'),
  join: unused('join'),
  leave: unused('leave'),
  gauges: () => ({}),
  drained: unused('drained'),
  exit: unused('exit'),
};
const ports = {
  consumer: {
    consume: unused('consume'),
    ackThrough: unused('ackThrough'),
    deadLetter: unused('deadLetter'),
    onInterrupted: unused('onInterrupted'),
    leave: unused('leave'),
    close: unused('close'),
  },
  store: { append: unused('append'), history: unused('history'), close: unused('close') },
  attempts: { begin: unused('begin'), end: unused('end') },
  routing: createMemoryRouting(),
  bus: { publish: unused('publish'), subscribe: unused('subscribe'), close: unused('close') },
};
const publisher = { publish: unused('publish'), onRestored: unused('onRestored'), close: unused('close') };
const SLIDING: RateLimit = { kind: 'sliding', limit: 5, windowMs: 1_000 };

test('a sound cluster is left as it is: nothing is wrapped', async () => {
  expect(plantInPath(null, path)).toBe(path);
  expect(await plantInWorker(null, ports, unused('publisher'))).toBe(ports);
  expect(plantInRateLimit(null, SLIDING)).toBe(SLIDING);
  expect(plantInRateLimit('fixed-window-edge', null)).toBeNull();
});

test.each(DEFECTS)('%s changes one thing, and no other', async (defect: Defect) => {
  const isPlanted = [
    plantInPath(defect, path) !== path,
    (await plantInWorker(defect, ports, () => publisher)) !== ports,
    plantInRateLimit(defect, SLIDING) !== SLIDING,
  ];
  expect(isPlanted.filter(Boolean)).toHaveLength(1);
});

test.each([
  [null, 5],
  ['fixed-window-edge' as const, 10],
])(
  'with defect %s, at most %i of 5 messages a second pass within a second, around the edge of a window',
  async (defect, most) => {
    let nowUs = 0;
    const limiter = createMemoryRateLimiter(plantInRateLimit(defect, SLIDING), () => nowUs);
    const passed: number[] = [];
    for (; nowUs < 5_000_000; nowUs += 100_000) {
      // A burst right before the edge and one right after it.
      const inWindow = nowUs % 2_000_000;
      if (inWindow !== 900_000 && inWindow !== 1_000_000) continue;
      for (let n = 0; n < 20; n++) if ((await limiter.take('ann')).allowed) passed.push(nowUs);
    }
    const within = passed.map((at) => passed.filter((other) => other >= at && other < at + 1_000_000).length);
    expect(Math.max(...within)).toBe(most);
  },
);

test('slow look-ups find what one call finds, room by room', async () => {
  const routing = createMemoryRouting();
  const [near, far] = [await routing.enter('g0'), await routing.enter('g1')];
  await Promise.all([near.join('one'), far.join('one'), far.join('two')]);
  const rooms = ['two', 'one', 'nobody', 'one'];
  expect(await withSlowHop(routing).gatewaysOf(rooms)).toEqual(await routing.gatewaysOf(rooms));
});
