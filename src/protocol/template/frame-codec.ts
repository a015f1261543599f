import { decodeMulti, encode } from '@msgpack/msgpack';
import { bufferOver } from '../../buffer-over.ts';
import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import type { Encoded } from './encode-template.ts';

/** Between the texts that a description speaks of and the frames that a server does. */
export interface FrameCodec {
  /** A text, all filled in, as it is sent. */
  wrap(text: string): string | Uint8Array;
  /** A message's text as it is sent, and where in that stands what differs between messages. Throws where one of it is no text there. */
  wrapMessage(encoded: Encoded, marker: string): Encoded;
  /** The records that a frame holds, as texts. A frame that is none of the server's kind is one record, as it came. */
  unwrap(frame: Buffer): readonly Buffer[];
}

/** null: frames are texts as they are described. */
export function createFrameCodec(encoding: TemplateSpec['encoding']): FrameCodec | null {
  if (encoding === 'text') return null;
  return encoding === 'sockjs'
    ? createCodec(wrapSockJs, unwrapSockJs)
    : createCodec(wrapMessagePack, unwrapMessagePack);
}

function createCodec(wrap: FrameCodec['wrap'], unwrap: (frame: Buffer) => readonly (string | Buffer)[]): FrameCodec {
  return {
    wrap,
    wrapMessage: (encoded, marker) => wrapMessage(encoded, marker, wrap),
    unwrap(frame) {
      try {
        return unwrap(frame).map((record) => (typeof record === 'string' ? Buffer.from(record) : record));
      } catch {
        return [frame];
      }
    },
  };
}

const wrapSockJs = (text: string) => JSON.stringify([text]);

function unwrapSockJs(frame: Buffer): readonly (string | Buffer)[] {
  if (frame[0] !== LETTER_A) return [frame];
  const list: unknown = JSON.parse(frame.toString('utf8', 1));
  return Array.isArray(list) ? list.map(String) : [frame];
}

const LETTER_A = 0x61;

const wrapMessagePack = (text: string) => encode(JSON.parse(text));

/** Objects of one frame, each as JSON; bytes in it are taken for a text. */
function unwrapMessagePack(frame: Buffer): readonly string[] {
  // Not as a Buffer: it would write itself as a list of numbers.
  const bytes = new Uint8Array(frame.buffer, frame.byteOffset, frame.length);
  return [...decodeMulti(bytes)].map((value) =>
    JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof Uint8Array ? bufferOver(inner).toString() : typeof inner === 'bigint' ? Number(inner) : inner,
    ),
  );
}

function wrapMessage({ frame, ...offsets }: Encoded, marker: string, wrap: FrameCodec['wrap']): Encoded {
  const wrapped = asBuffer(wrap(frame.toString()));
  const find = (places: readonly number[], digits: number) => relocate(frame, places, digits, wrap);
  const { sequenceOffsets = [], numberOffsets, hexOffsets, timeOffsets } = offsets;
  return {
    frame: wrapped,
    markerOffsets: findMarkerOffsets(wrapped, marker),
    sequenceOffsets: find(sequenceOffsets, 10),
    ...(numberOffsets === undefined ? {} : { numberOffsets: find(numberOffsets, 9) }),
    ...(hexOffsets === undefined ? {} : { hexOffsets: find(hexOffsets, 8) }),
    ...(timeOffsets === undefined ? {} : { timeOffsets: find(timeOffsets, 13) }),
  };
}

/** Where digits of the text stand once it is wrapped: where two frames differ whose texts differ in nothing but these digits. */
function relocate(
  frame: Uint8Array,
  places: readonly number[],
  digits: number,
  wrap: FrameCodec['wrap'],
): readonly number[] {
  if (places.length === 0) return [];
  const [one, other] = ['1', '2'].map((digit) => {
    const variant = Buffer.from(frame);
    for (const at of places) variant.write(digit.repeat(digits), at);
    return asBuffer(wrap(variant.toString()));
  }) as [Buffer, Buffer];
  const found: number[] = [];
  for (let at = 0; at < one.length; at++) {
    if (one[at] === other[at]) continue;
    found.push(at);
    at += digits - 1;
  }
  const areDigits = (at: number) => one.toString('latin1', at, at + digits) === '1'.repeat(digits);
  if (one.length === other.length && found.length === places.length && found.every(areDigits)) return found;
  throw new Error(
    'expected numbers that differ between messages, such as {seq}, as texts in quotes with this encoding',
  );
}

function asBuffer(frame: string | Uint8Array): Buffer {
  return typeof frame === 'string' ? Buffer.from(frame) : bufferOver(frame);
}
