import { bufferOver } from '../../buffer-over.ts';
import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import { patchMarker, patchSequence } from '../../record/marker.ts';
import { type FrameStamps, stampFrame } from '../stamp-frame.ts';
import { encodeFrame, encodeHeader, OPCODE } from './encode-frame.ts';

/**
 * Message templates as whole WebSocket frames (RFC 6455, section 5.2). Sending one more message is a copy of one and sixteen
 * patched digits: no header to build, no payload to mask.
 *
 * The masking key is 0, so that the masked payload is the payload. The standard wants an unpredictable key to guard proxies
 * against what hostile page scripts choose to send; no such script runs here, and servers must accept any key.
 */
export class FramedTemplates {
  readonly #frames: readonly Buffer[];
  readonly #markerOffsets: readonly (readonly number[])[];
  readonly #sequenceOffsets: readonly (readonly number[])[];
  /** Null where no template has any: what few descriptions ask for costs the others nothing. */
  readonly #stamps: readonly FrameStamps[] | null;

  /** @param opcode of all of them */
  constructor(templates: readonly SendTemplate[], opcode: number = OPCODE.text) {
    this.#frames = templates.map(({ frame }) => encodeFrame(opcode, bufferOver(frame)));
    const behindHeader = ({ length }: Uint8Array, offsets: readonly number[] = []) =>
      offsets.map((offset) => encodeHeader(opcode, length).length + offset);
    this.#markerOffsets = templates.map(({ frame, markerOffsets }) => behindHeader(frame, markerOffsets));
    this.#sequenceOffsets = templates.map(({ frame, sequenceOffsets }) => behindHeader(frame, sequenceOffsets));
    const isStamped = templates.some(
      ({ numberOffsets, hexOffsets, timeOffsets }) =>
        numberOffsets !== undefined || hexOffsets !== undefined || timeOffsets !== undefined,
    );
    this.#stamps = isStamped
      ? templates.map(({ frame, numberOffsets, hexOffsets, timeOffsets }) => ({
          numberOffsets: behindHeader(frame, numberOffsets),
          hexOffsets: behindHeader(frame, hexOffsets),
          timeOffsets: behindHeader(frame, timeOffsets),
        }))
      : null;
  }

  /** One frame per sequence, back to back, in a buffer of their own; frame i is built from template `payloads[i]`. */
  encode(room: number, sequences: readonly number[], payloads: readonly number[]): Buffer {
    const output = Buffer.allocUnsafe(this.#totalBytes(payloads));
    let at = 0;
    for (let i = 0; i < sequences.length; i++) {
      const payload = payloads[i]!;
      const frame = this.#frames[payload]!;
      output.set(frame, at);
      for (const offset of this.#markerOffsets[payload]!) patchMarker(output, at + offset, sequences[i]!, room);
      for (const offset of this.#sequenceOffsets[payload]!) patchSequence(output, at + offset, sequences[i]!);
      if (this.#stamps !== null) stampFrame(output, at, this.#stamps[payload]!, sequences[i]!);
      at += frame.length;
    }
    return output;
  }

  #totalBytes(payloads: readonly number[]): number {
    if (this.#frames.length === 1) return this.#frames[0]!.length * payloads.length;
    return payloads.reduce((sum, payload) => sum + this.#frames[payload]!.length, 0);
  }
}
