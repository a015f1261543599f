import { randomUUID } from 'node:crypto';
import { applyFunction, type Piece, splitPlaceholders } from '../../placeholders.ts';
import type { FrameText } from '../../scenario/protocol-spec.ts';
import type { SendTemplate } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { FIRST_NUMBER, FIRST_SEQUENCE } from './compile-rule.ts';
import { keepSecret, type Values, writeAs } from './fill-text.ts';
import { traceparentOf } from './traceparent.ts';

export type Encoded = Pick<
  SendTemplate,
  'markerOffsets' | 'sequenceOffsets' | 'numberOffsets' | 'hexOffsets' | 'timeOffsets'
> & {
  readonly frame: Buffer;
};

/** A frame with all values filled in, and where the bytes stand in it that differ between messages. */
export function encodeTemplate({ text, encoding }: FrameText, marker: string, values: Values): Encoded {
  const template = new TemplateWriter(marker, values, {
    ofLiteral: (literal) => literal,
    ofValue: (value) => writeAs(encoding, value),
  });
  template.write(splitPlaceholders(text));
  return template.encode();
}

/** How texts are written where they stand: what the description says itself, and what is filled in. */
interface Writing {
  ofLiteral(text: string): string;
  ofValue(text: string): string;
}

class TemplateWriter {
  readonly #parts: Buffer[] = [];
  readonly #sequenceOffsets: number[] = [];
  readonly #numberOffsets: number[] = [];
  readonly #hexOffsets: number[] = [];
  readonly #timeOffsets: number[] = [];
  readonly #marker: string;
  readonly #values: Values;
  readonly #writing: Writing;
  #length = 0;

  constructor(marker: string, values: Values, writing: Writing) {
    this.#marker = marker;
    this.#values = values;
    this.#writing = writing;
  }

  write(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if ('literal' in piece) this.#add(this.#writing.ofLiteral(piece.literal));
      else if ('name' in piece) this.#writeValue(piece.name);
      else if (piece.call !== 'json')
        this.#add(this.#writing.ofValue(keepSecret(applyFunction(piece, this.#values), piece)));
      else this.#writeJson(piece.of);
    }
  }

  encode(): Encoded {
    const frame = Buffer.concat(this.#parts);
    return {
      frame,
      markerOffsets: findMarkerOffsets(frame, this.#marker),
      sequenceOffsets: this.#sequenceOffsets,
      ...(this.#numberOffsets.length === 0 ? {} : { numberOffsets: this.#numberOffsets }),
      ...(this.#hexOffsets.length === 0 ? {} : { hexOffsets: this.#hexOffsets }),
      ...(this.#timeOffsets.length === 0 ? {} : { timeOffsets: this.#timeOffsets }),
    };
  }

  #writeValue(name: string): void {
    switch (name) {
      case 'seq':
        this.#sequenceOffsets.push(this.#length + 1);
        this.#add(String(FIRST_SEQUENCE));
        break;
      case 'seq32':
        this.#numberOffsets.push(this.#length + 1);
        this.#add(String(FIRST_NUMBER));
        break;
      case 'uuid':
        this.#hexOffsets.push(this.#length + UUID_COUNTER_AT);
        this.#add(randomUUID());
        break;
      case 'traceparent': {
        const { text, counterOffsets } = traceparentOf(this.#marker);
        for (const offset of counterOffsets) this.#hexOffsets.push(this.#length + offset);
        this.#add(text);
        break;
      }
      case 'now':
        this.#timeOffsets.push(this.#length);
        this.#add('0'.repeat(TIME_DIGITS));
        break;
      default:
        this.#add(this.#writing.ofValue(this.#values(name)));
    }
  }

  /** A JSON string of JSON strings is written piece by piece: what differs between messages needs no escaping. */
  #writeJson(pieces: readonly Piece[]): void {
    const { ofValue } = this.#writing;
    const quoted = (text: string) => ofValue(JSON.stringify(text).slice(1, -1));
    const inner = new TemplateWriter(this.#marker, this.#values, { ofLiteral: quoted, ofValue: quoted });
    inner.write(pieces);
    this.#add(ofValue('"'));
    this.#append(inner);
    this.#add(ofValue('"'));
  }

  #append(inner: TemplateWriter): void {
    for (const offset of inner.#sequenceOffsets) this.#sequenceOffsets.push(this.#length + offset);
    for (const offset of inner.#numberOffsets) this.#numberOffsets.push(this.#length + offset);
    for (const offset of inner.#hexOffsets) this.#hexOffsets.push(this.#length + offset);
    for (const offset of inner.#timeOffsets) this.#timeOffsets.push(this.#length + offset);
    for (const part of inner.#parts) this.#parts.push(part);
    this.#length += inner.#length;
  }

  #add(text: string): void {
    const part = Buffer.from(text);
    this.#parts.push(part);
    this.#length += part.length;
  }
}

/** The last eight of a UUID's digits count messages; all others are drawn, once for each client. */
const UUID_COUNTER_AT = 28;
const TIME_DIGITS = 13;
