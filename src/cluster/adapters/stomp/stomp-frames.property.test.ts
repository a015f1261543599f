import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeStompFrame, StompReader } from './stomp-frames.ts';

const headers = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== 'content-length' && name !== '__proto__'),
  fc.string(),
  { noNullPrototype: true },
);
const frames = fc.array(
  fc.record({ command: fc.constantFrom('SEND', 'MESSAGE', 'RECEIPT'), headers, body: fc.uint8Array() }),
  { maxLength: 5 },
);

test('frames are read back whole, whatever they hold and however the stream is cut', () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 40 }), (sent, step) => {
      const stream = Buffer.concat(
        sent.flatMap(({ command, headers: its, body }) => [
          encodeStompFrame(command, its, Buffer.from(body)),
          Buffer.from('\n'),
        ]),
      );
      const reader = new StompReader();
      const read = [];
      for (let at = 0; at < stream.length; at += step) read.push(...reader.read(stream.subarray(at, at + step)));
      expect(
        read.map(({ command, headers: { 'content-length': _, ...its }, body }) => ({
          command,
          headers: its,
          body: [...body],
        })),
      ).toEqual(sent.map(({ command, headers: its, body }) => ({ command, headers: its, body: [...body] })));
    }),
  );
});

test('a frame without content-length ends at the first NUL, and the first of a repeated header counts', () => {
  const text = '\n\r\nMESSAGE\nfoo:one\r\nfoo:two\n\nbody\0\nRECEIPT\nreceipt-id:7\n\n\0';
  const read = [...new StompReader().read(Buffer.from(text))];
  expect(read.map(({ command, headers: its, body }) => [command, its, body.toString()])).toEqual([
    ['MESSAGE', { foo: 'one' }, 'body'],
    ['RECEIPT', { 'receipt-id': '7' }, ''],
  ]);
});

test.each([
  ['MESSAGE\nno header\n\n\0', 'expected a header'],
  ['MESSAGE\ncontent-length:x\n\nabc\0', 'expected a number'],
  ['MESSAGE\ncontent-length:2\n\nabc\0', 'longer than its content-length'],
  ['x'.repeat(70_000), 'headers without end'],
])('a stream that is no STOMP is refused: %#', (text, reason) => {
  expect(() => [...new StompReader().read(Buffer.from(text))]).toThrow(reason);
});
