import { MARKER_BYTES } from '../../record/marker.ts';
import type { PayloadClass } from '../../scenario/scenario.ts';
import { bytesOfText, type TextList, textAt } from '../../text-list.ts';

/** What the messages of a client say, by the numbers that the plan draws. */
export interface Bodies {
  /** How many there are where each client keeps what it made of them; null: they are too many or too large, and made for each message. */
  readonly kept: number | null;
  /** Bytes of a body in UTF-8, marker included. */
  bytesOf(index: number): number;
  /** The body of this marker; undefined: marker and filler. */
  textOf(index: number, marker: string): string | undefined;
}

/** Bytes that each client may keep. */
const MOST_KEPT_BYTES = 256 * 1024;

/** Filler of these sizes. */
export function fillerBodies(payloads: readonly PayloadClass[]): Bodies {
  const together = payloads.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    kept: together <= MOST_KEPT_BYTES ? payloads.length : null,
    bytesOf: (index) => payloads[index]!.bytes,
    textOf: () => undefined,
  };
}

/** The lines of a file. */
export function textBodies(texts: TextList): Bodies {
  return {
    kept: null,
    bytesOf: (index) => MARKER_BYTES + 1 + bytesOfText(texts, index),
    textOf: (index, marker) => `${marker} ${textAt(texts, index)}`,
  };
}
