import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeChatMessage } from './chat-message.ts';
import { countMessages, decodeEnvelope, encodeEnvelope } from './envelope.ts';

const bodies = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 20 });
const stamp = fc.constantFrom('', '000000', 'zz19ab');

function messageOf(body: string, n: number) {
  return { id: `m${n}`, room: 'r6', from: 'u1', connection: 'g0.ab.3', at: '17', bodyJson: JSON.stringify(body) };
}

test('what a gateway puts in comes out in order, whatever the bodies, and is counted without reading it', () => {
  fc.assert(
    fc.property(bodies, stamp, (texts, publishedAt) => {
      const messages = texts.map(messageOf);
      const content = encodeEnvelope(publishedAt, messages.map(encodeChatMessage));
      expect(decodeEnvelope(content)).toEqual({ publishedAt, messages, rubbish: [] });
      expect(countMessages(content)).toBe(messages.length);
    }),
  );
});

test('a spoilt line is told apart from its neighbours', () => {
  const [first, last] = ['a', 'b'].map(messageOf);
  const lines = [encodeChatMessage(first!), 'spoilt', encodeChatMessage(last!)];
  const { messages, rubbish } = decodeEnvelope(encodeEnvelope('', lines));
  expect(messages).toEqual([first, last]);
  expect(rubbish.map(String)).toEqual(['spoilt']);
});

test.each(['', 'rubbish', 'STAMP!\nm1\tr', '"quoted\nx'])('content %j is rubbish as a whole', (text) => {
  const content = Buffer.from(text);
  expect(decodeEnvelope(content)).toEqual({ publishedAt: '', messages: [], rubbish: [content] });
});

test('arbitrary bytes never make the decoder throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeEnvelope(Buffer.from(bytes))));
});
