import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeChatMessage, encodeChatMessage } from './chat-message.ts';

const message = { id: 'm1', room: 'r6', from: 'u12', connection: 'g0.ab.3', at: '1700000000000', bodyJson: '"hi"' };

test('what a gateway encodes a worker decodes, whatever the body', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (body) => {
      const sent = { ...message, bodyJson: JSON.stringify(body) };
      expect(decodeChatMessage(encodeChatMessage(sent))).toEqual(sent);
    }),
  );
});

test.each([
  ['', 'empty'],
  ['m1\tr6\tu12\tc\t1', 'too short'],
  ['m1\tr6\tu12\tc\t1\t"a"\t"b"', 'too long'],
  ['m 1\tr6\tu12\tc\t1\t"a"', 'with a blank in a name'],
  ['m1\tr6\tu12\tc\tnow\t"a"', 'without a time'],
  ['m1\tr6\tu12\tc\t1\ta', 'without a quoted body'],
])('content %j is no message: %s', (text) => {
  expect(decodeChatMessage(Buffer.from(text))).toBeNull();
});

test('arbitrary bytes never make the decoder throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeChatMessage(Buffer.from(bytes))));
});
