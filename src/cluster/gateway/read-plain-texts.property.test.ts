import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as library from 'ws';
import { PlainTextReader } from './read-plain-texts.ts';

/** Exported, but missing in its types. */
const { Receiver } = library as unknown as {
  Receiver: new (options: object) => NodeJS.EventEmitter & { write(bytes: Buffer): void };
};

interface Frame {
  readonly first: number;
  readonly payload: Buffer;
  readonly mask: readonly number[] | null;
}

const mask = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 120, maxLength: 300 }));
const control = fc.string({ maxLength: 20 });
const regular = fc.oneof(
  { weight: 6, arbitrary: frames(0x81, text) },
  { weight: 1, arbitrary: frames(0x82, text) },
  { weight: 1, arbitrary: frames(0x89, control) },
  { weight: 1, arbitrary: frames(0x8a, control) },
);
/** Fragments, closes, reserved bits, masks that are missing: from there on the library has the last word. */
const irregular = fc.oneof(
  frames(0x01, text),
  frames(0x80, text),
  frames(0x88, fc.constant('')),
  frames(0xc1, text),
  frames(0x81, text, fc.constant(null)),
);

function frames(first: number, payload: fc.Arbitrary<string>, masked: fc.Arbitrary<number[] | null> = mask) {
  return fc.record({ first: fc.constant(first), payload: payload.map((it) => Buffer.from(it)), mask: masked });
}

function encode({ first, payload, mask }: Frame): Buffer {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  length[0]! |= mask === null ? 0 : 0x80;
  const masked = payload.map((byte, i) => byte ^ (mask?.[i & 3] ?? 0));
  return Buffer.concat([Buffer.from([first, ...length, ...(mask ?? [])]), masked]);
}

/** The library's receiver, and what it tells, in order. */
function createLibrary(told: string[]) {
  const receiver = new Receiver({ isServer: true, allowSynchronousEvents: true, maxPayload: 65_536 });
  const state = { isOpen: true };
  receiver.on('message', (data: Buffer, isBinary: boolean) => told.push(`${isBinary ? 'binary' : 'text'} ${data}`));
  receiver.on('ping', (data: Buffer) => told.push(`ping ${data}`));
  receiver.on('pong', (data: Buffer) => told.push(`pong ${data}`));
  receiver.on('conclude', () => {
    state.isOpen = false;
    told.push('close');
  });
  receiver.on('error', (error: Error) => {
    state.isOpen = false;
    told.push(error.message);
  });
  return { receiver, state };
}

test('the messages, the control frames and the faults are those that the library alone finds, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(regular, { maxLength: 8 }),
      fc.array(irregular, { maxLength: 1 }),
      fc.array(regular, { maxLength: 2 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (before, odd, after, sizes) => {
        const bytes = Buffer.concat([...before, ...odd, ...after].map(encode));
        const expected: string[] = [];
        createLibrary(expected).receiver.write(Buffer.from(bytes));

        const told: string[] = [];
        const { receiver, state } = createLibrary(told);
        let isLast = false;
        const reader = new PlainTextReader({
          isOpen: () => state.isOpen,
          onText: (it) => told.push(`text ${it}`),
          onOther: (it) => void receiver.write(it),
          onLast(it) {
            isLast = true;
            receiver.write(it);
          },
        });
        for (let at = 0; at < bytes.length; ) {
          const end = at + sizes.next().value!;
          const chunk = Buffer.from(bytes.subarray(at, end));
          if (!isLast) reader.read(chunk);
          else if (state.isOpen) receiver.write(chunk);
          at = end;
        }
        expect(told).toEqual(expected);
      },
    ),
  );
});
