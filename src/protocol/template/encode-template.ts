import { splitPlaceholders } from '../../placeholders.ts';
import type { SendTemplate } from '../chat-protocol.ts';
import { findMarkerOffsets } from '../find-marker-offsets.ts';
import { FIRST_SEQUENCE } from './compile-rule.ts';

/** A frame with all values filled in, and where marker and sequence stand in it: the bytes that differ between messages. */
export function encodeTemplate(
  text: string,
  marker: string,
  values: (name: string) => string,
): Pick<SendTemplate, 'frame' | 'markerOffsets' | 'sequenceOffsets'> {
  const parts: Buffer[] = [];
  const sequenceOffsets: number[] = [];
  let length = 0;
  for (const piece of splitPlaceholders(text)) {
    const isSequence = 'name' in piece && piece.name === 'seq';
    const filled = 'literal' in piece ? piece.literal : isSequence ? String(FIRST_SEQUENCE) : values(piece.name);
    if (isSequence) sequenceOffsets.push(length + 1);
    const part = Buffer.from(filled);
    parts.push(part);
    length += part.length;
  }
  const frame = Buffer.concat(parts);
  return { frame, markerOffsets: findMarkerOffsets(frame, marker), sequenceOffsets };
}
