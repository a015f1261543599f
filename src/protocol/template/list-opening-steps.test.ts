import { expect, it } from 'vitest';
import type { OpeningStepSpec } from '../../scenario/protocol-spec.ts';
import { listOpeningSteps } from './list-opening-steps.ts';

function stepOf(send: readonly string[], awaited: string | null): OpeningStepSpec {
  return {
    send: send.map((text) => ({ text, encoding: 'text' })),
    await: awaited === null ? null : [{ test: 'contains', text: awaited }],
    count: awaited === null ? 0 : 1,
  };
}

/** Each step as "send|send > await @room". */
function write(opening: readonly OpeningStepSpec[], rooms: readonly number[]): readonly string[] {
  return listOpeningSteps(opening, rooms).map(({ step, room }) => {
    const [awaited] = step.await ?? [];
    const waits = awaited !== undefined && 'text' in awaited ? ` > ${awaited.text}` : '';
    return `${step.send.map(({ text }) => text).join('|')}${waits} @${room}`;
  });
}

it('takes the steps that name the room for one room after the other, with what they wait for, and all others once', () => {
  const opening = [
    stepOf([], 'hello'),
    stepOf(['login', 'join {room}', 'ping'], 'pong'),
    stepOf([], 'synced'),
    stepOf(['ready'], 'ok'),
    stepOf(['watch'], 'watching {room}'),
  ];
  expect(write(opening, [7, 9, 4])).toEqual([
    ' > hello @null',
    'login|join {room}|ping > pong @7',
    ' > synced @7',
    'join {room}|ping > pong @9',
    ' > synced @9',
    'join {room}|ping > pong @4',
    ' > synced @4',
    'ready > ok @null',
    'watch > watching {room} @7',
    'watch > watching {room} @9',
    'watch > watching {room} @4',
  ]);
  expect(write(opening, [7])).toHaveLength(opening.length);
});

it('takes a step that names no room once, however many there are', () => {
  expect(write([stepOf(['subscribe'], 'ok')], [1, 2, 3])).toEqual(['subscribe > ok @null']);
});
