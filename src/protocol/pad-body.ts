/** A message body of exactly `payloadBytes` ASCII characters: the marker, then filler that JSON and XML leave alone. */
export function padBody(marker: string, payloadBytes: number): string {
  if (payloadBytes < marker.length) {
    throw new RangeError(`payload of ${payloadBytes} bytes: expected at least ${marker.length}, the marker's length`);
  }
  return marker + FILLER.repeat(Math.ceil(payloadBytes / FILLER.length)).slice(0, payloadBytes - marker.length);
}

const FILLER = ' the quick brown fox jumps over the lazy dog';
