import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import { fillTemplate } from '../http/fill-template.ts';
import { encodeFrame } from './encode-frame.ts';

/**
 * permessage-deflate (RFC 7692) without context takeover on either side: every message is compressed by itself, so that a connection
 * keeps no window, and messages can be read and written at once.
 */
export const DEFLATE_OFFER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

/** An answer to that offer, which a server may decline by not answering it. */
export function acceptsDeflate(answer: string): boolean {
  return (
    /^permessage-deflate\s*;/i.test(answer) && /;\s*server_no_context_takeover\b/i.test(answer) && !answer.includes(',')
  );
}

/** Of the first byte of a message's first frame: the message is compressed. */
export const DEFLATED = 0x40;

/** What each message ends with, and is sent without. */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH } as const;

/** @throws RangeError where the message is larger than `maxBytes`; Error where it is not compressed */
export function inflateMessage(payload: Buffer, maxBytes: number): Buffer {
  return inflateRawSync(Buffer.concat([payload, TAIL]), { ...FLUSH, maxOutputLength: maxBytes });
}

/** A final frame of a client. */
export function encodeDeflated(opcode: number, payload: Uint8Array): Buffer {
  const deflated = deflateRawSync(payload, FLUSH);
  return encodeFrame(DEFLATED | opcode, deflated.subarray(0, deflated.length - TAIL.length));
}

/** Message templates as compressed frames, each of which is compressed when it is sent. */
export class DeflatedTemplates {
  readonly #templates: readonly SendTemplate[];
  readonly #opcode: number;

  constructor(templates: readonly SendTemplate[], opcode: number) {
    this.#templates = templates;
    this.#opcode = opcode;
  }

  /** One frame per sequence, back to back; frame i is built from template `payloads[i]`. */
  encode(room: number, sequences: readonly number[], payloads: readonly number[]): Buffer {
    return Buffer.concat(
      sequences.map((sequence, i) => {
        const filled = fillTemplate(this.#templates[payloads[i]!]!, sequence, room);
        return encodeDeflated(this.#opcode, filled);
      }),
    );
  }
}
