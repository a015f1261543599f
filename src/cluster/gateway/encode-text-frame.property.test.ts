import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as library from 'ws';
import { encodeTextFrame } from './encode-text-frame.ts';

/** Exported, but missing in its types. */
const { Receiver } = library as unknown as {
  Receiver: new (options: object) => NodeJS.EventEmitter & { write(bytes: Buffer): void };
};

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(125, 126, 127, 65_535, 65_536).map((length) => 'x'.repeat(length)),
);

test('a client reads back what was written, whatever its length and its letters', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      const read: string[] = [];
      const receiver = new Receiver({ allowSynchronousEvents: true });
      receiver.on('message', (data: Buffer) => read.push(data.toString()));
      const frames = texts.map((it, i) => encodeTextFrame(i % 2 === 0 ? it : Buffer.from(it)));
      receiver.write(Buffer.from(frames.join(''), 'latin1'));
      expect(read).toEqual(texts);
    }),
  );
});
