import { expect, test } from 'vitest';
import { skipWaits } from '../testing/skip-waits.ts';
import { countRoomsLeft } from './count-rooms-left.ts';

skipWaits();

/** Answers with one set of gauges after the other, then with the last one for ever; null: does not answer. */
function gateway(...answers: (Readonly<Record<string, number>> | null)[]) {
  return {
    async readJson() {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (!answer) throw new Error('connection refused');
      return answer;
    },
    close: async () => {},
  };
}

test('waits for the last connection to be gone, and adds up the rooms of all gateways', async () => {
  const near = gateway({ connections: 2, rooms: 9 }, { connections: 0, rooms: 3 });
  const far = gateway({ connections: 0, rooms: 1 });
  expect(await countRoomsLeft([near, far])).toBe(4);
  expect(await countRoomsLeft([gateway({ connections: 0, rooms: 0 })])).toBe(0);
});

test.each([
  ['somebody stays connected', [gateway({ connections: 1, rooms: 1 })]],
  ['a gateway does not answer', [gateway({ connections: 0, rooms: 0 }), gateway(null)]],
  ['a gateway does not tell its rooms', [gateway({ connections: 0 })]],
  ['there is no gateway', []],
])('knows nothing where %s', async (_, gateways) => {
  expect(await countRoomsLeft(gateways)).toBeNull();
});
