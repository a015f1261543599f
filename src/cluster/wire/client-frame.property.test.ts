import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FEATURE_KINDS } from './client-feature-frame.ts';
import { encodeJoin, encodeSend, parseClientFrame, readPlainSend } from './client-frame.ts';
import { isName, isRoomName } from './names.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const name = fc.string({ minLength: 1, maxLength: 128, unit: fc.constantFrom(...printable()) }).filter(isName);

describe('client frames', () => {
  test('what is encoded is read back, whatever the body', () => {
    fc.assert(
      fc.property(name, name.filter(isRoomName), fc.string({ unit: 'binary' }), (id, room, body) => {
        expect(parseClientFrame(encodeSend(id, room, body))).toEqual({ t: 'send', id, room, body });
        expect(parseClientFrame(encodeJoin(room))).toEqual({ t: 'join', room, notices: false });
        expect(parseClientFrame(encodeJoin(room, true))).toEqual({ t: 'join', room, notices: true });
      }),
    );
  });

  test('a plain message is read as the parser reads it, and everything else is left to the parser', () => {
    const anything = fc.oneof(name, fc.string({ unit: 'binary' }), fc.string());
    fc.assert(
      fc.property(anything, anything, fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (id, room, body) => {
        const text = encodeSend(id, room, body);
        const plain = readPlainSend(text);
        if (plain === null) return;
        expect(parseClientFrame(text)).toEqual({ t: 'send', id: plain.id, room: plain.room, body });
        expect(plain.bodyJson).toBe(JSON.stringify(body));
      }),
    );
    const traced = encodeSend('m', 'r', 'x').replace('}', `,"traceparent":"${TRACE}"}`);
    expect(readPlainSend(traced)).toEqual({ id: 'm', room: 'r', bodyJson: '"x"', traceparent: TRACE });
    expect(parseClientFrame(traced)).toMatchObject({ t: 'send', traceparent: TRACE });
    const broken = traced.replace(TRACE, TRACE.slice(1));
    expect([readPlainSend(broken), parseClientFrame(broken)]).toEqual([
      null,
      { t: 'send', id: 'm', room: 'r', body: 'x', traceparent: undefined },
    ]);
    expect(readPlainSend(encodeSend('m', 'r', 'plain words'))).not.toBeNull();
    expect(readPlainSend(encodeSend('m', 'r', 'two\nlines'))).toBeNull();
    expect(readPlainSend(encodeSend('m', '@r', 'x'))).toBeNull();
  });

  test('nothing a client sends makes the parser throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['join', 'send', 'unreadable', ...FEATURE_KINDS]).toContain(parseClientFrame(text).t);
      }),
    );
  });

  test.each([
    ['', null],
    ['null', null],
    ['[]', null],
    ['"send"', null],
    ['{"t":"shout","id":"m1"}', 'm1'],
    ['{"t":"join"}', null],
    ['{"t":"join","room":"a b"}', null],
    ['{"t":"join","room":"@all"}', null],
    ['{"t":"send","id":"m1","room":"@u:ann","body":"x"}', 'm1'],
    ['{"t":"send","id":"m1","body":"x"}', 'm1'],
    ['{"t":"send","id":"m1","room":"r","body":7}', 'm1'],
    ['{"t":"send","id":"a\\tb","room":"r","body":"x"}', null],
    [`{"t":"send","id":"${'x'.repeat(129)}","room":"r","body":"x"}`, null],
  ])('%s is unreadable and names the message %s', (text, id) => {
    expect(parseClientFrame(text)).toMatchObject({ t: 'unreadable', id });
  });
});

function printable(): string[] {
  return Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
}
