import { describe, expect, it } from 'vitest';
import { parseClientFrame } from '../cluster/wire/client-frame.ts';
import { encodeReadReceipt, encodeTyping } from '../cluster/wire/server-feature-frame.ts';
import { encodeAck, encodeError, encodeJoined, encodeMessage } from '../cluster/wire/server-frame.ts';
import { patchPosition } from '../record/marker.ts';
import { referenceProtocol } from './adapters/reference.ts';
import { createReferenceProtocol } from './adapters/reference-modes.ts';

const CLIENT = { client: 17, room: 8, endpoint: 'ws://127.0.0.1:9/ws' };
const DIRECT = createReferenceProtocol({ kind: 'reference', deliver: 'direct', send: 'websocket' });

describe.each([
  ['a room', referenceProtocol, 'r8'],
  ['two users', DIRECT, '@d:3:u16:u17'],
])('signals to %s', (_, { signals, history, classify }, room) => {
  it('say in the cluster’s own words that the client types', () => {
    expect(parseClientFrame(signals!.encodeTyping(CLIENT).toString())).toEqual({ t: 'typing', room });
  });

  it.each([0, 7, 1_000, 4_294_967_295])(
    'say that it has read up to %d, patched over a longer and a shorter one',
    (seq) => {
      const { frame, positionOffset } = signals!.encodeReceipt(CLIENT);
      for (const before of [9_999_999_999, 3]) {
        patchPosition(frame, positionOffset, before);
        patchPosition(frame, positionOffset, seq);
        expect(parseClientFrame(frame.toString())).toEqual({ t: 'read', room, seq });
      }
    },
  );

  it('are told from everything else that a gateway sends', () => {
    const kindOf = (frame: string) => signals!.readSignal(Buffer.from(frame));
    expect(kindOf(encodeTyping(room, 'u16'))).toBe('typing');
    expect(kindOf(encodeReadReceipt(room, 'u16', 5))).toBe('receipts');
    const others = [
      encodeMessage('m', room, 5, 'u16', 0, '"typing"'),
      encodeAck('read'),
      encodeJoined(room),
      encodeError(null, 'not-a-member', 'read'),
      '{"t":"rate_limited","id":"m","remaining":0,"retryAfterMs":5}',
    ];
    expect(others.map(kindOf)).toEqual(others.map(() => null));
    expect(classify(Buffer.from(encodeTyping(room, 'u16')))).toBe('other');
    expect(history).toBeDefined();
  });
});

it('are none where there is no room whose members could be told', () => {
  for (const deliver of ['group', 'everyone', 'presence'] as const) {
    const { signals } = createReferenceProtocol({ kind: 'reference', deliver, send: 'websocket' });
    expect(signals, deliver).toBeUndefined();
  }
});
