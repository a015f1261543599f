import type { SendTemplate } from '../../protocol/chat-protocol.ts';
import { patchMarker, patchSequence } from '../../record/marker.ts';
import { stampFrame } from '../stamp-frame.ts';

/** The frame of one message, without the WebSocket's header. */
export function fillTemplate(template: SendTemplate, sequence: number, room: number): Buffer {
  const frame = Buffer.from(template.frame);
  for (const offset of template.markerOffsets) patchMarker(frame, offset, sequence, room);
  for (const offset of template.sequenceOffsets ?? []) patchSequence(frame, offset, sequence);
  stampFrame(frame, 0, template, sequence);
  return frame;
}
