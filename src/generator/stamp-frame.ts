import { patchHex, patchNumber, patchTime } from '../record/marker.ts';

/** Where in a frame stands what few templates have besides markers and sequences; see `SendTemplate`. */
export interface FrameStamps {
  readonly numberOffsets?: readonly number[];
  readonly hexOffsets?: readonly number[];
  readonly timeOffsets?: readonly number[];
}

/** Writes a message's number and the time into the frame that begins at `at`. */
export function stampFrame(
  output: Uint8Array,
  at: number,
  { numberOffsets, hexOffsets, timeOffsets }: FrameStamps,
  sequence: number,
): void {
  if (numberOffsets !== undefined) for (const offset of numberOffsets) patchNumber(output, at + offset, sequence);
  if (hexOffsets !== undefined) for (const offset of hexOffsets) patchHex(output, at + offset, sequence);
  if (timeOffsets === undefined || timeOffsets.length === 0) return;
  const nowMs = Date.now();
  for (const offset of timeOffsets) patchTime(output, at + offset, nowMs);
}
