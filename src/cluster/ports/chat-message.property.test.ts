import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeChatMessage, encodeChatMessage } from './chat-message.ts';

const message = { id: 'm1', room: 'r6', from: 'u12', connection: 'g0.ab.3', at: '1700000000000', bodyJson: '"hi"' };

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('what a gateway encodes a worker decodes, whatever the body', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), fc.boolean(), (body, stamped, traced) => {
      const hops = stamped ? { hops: '0000b7' } : {};
      const sent = { ...message, bodyJson: JSON.stringify(body), ...hops, ...(traced ? { traceparent: TRACE } : {}) };
      expect(decodeChatMessage(encodeChatMessage(sent))).toEqual(sent);
    }),
  );
});

test.each([
  ['', 'empty'],
  ['m1\tr6\tu12\tc\t1', 'too short'],
  ['m1\tr6\tu12\tc\t1\t"a"\t"b"', 'with a quote in its stamps'],
  ['m1\tr6\tu12\tc\t1\t"a"\t0000b7\tmore', 'too long'],
  [`m1\tr6\tu12\tc\t1\t"a"\t${TRACE}\t0000b7`, 'with its stamps behind its trace'],
  [`m1\tr6\tu12\tc\t1\t"a"\t${TRACE.toUpperCase()}`, 'with a trace that is none'],
  ['m 1\tr6\tu12\tc\t1\t"a"', 'with a blank in a name'],
  ['m1\tr6\tu12\tc\tnow\t"a"', 'without a time'],
  ['m1\tr6\tu12\tc\t1\ta', 'without a quoted body'],
])('content %j is no message: %s', (text) => {
  expect(decodeChatMessage(text)).toBeNull();
});

test('arbitrary text never make the decoder throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decodeChatMessage(text)));
});
