/** Every place at which the marker stands in a frame, ascending. */
export function findMarkerOffsets(frame: Buffer, marker: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = frame.indexOf(marker); at >= 0; at = frame.indexOf(marker, at + marker.length)) offsets.push(at);
  return offsets;
}
