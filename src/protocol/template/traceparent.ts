/** A message's `traceparent` without its number, and where the eight hexadecimal digits of that begin. */
export interface TraceTemplate {
  readonly text: string;
  readonly counterOffsets: readonly number[];
}

/**
 * `traceparent` of W3C Trace Context (level 1, section 3.2): version, trace id, parent id, flags. Both ids follow from a message's
 * marker, so that a message is found by its trace and the other way round; the trace is sampled.
 *
 *     00-RRRRRRRRSSSSSSSS00000000NNNNNNNN-RRRRRRRRNNNNNNNN-01
 *        R: the run's four characters, S: the shard, N: the sequence
 */
export function traceparentOf(marker: string): TraceTemplate {
  const run = Buffer.from(marker.slice(RUN_AT, RUN_AT + 4), 'latin1').toString('hex');
  const shard = Number(marker.slice(SHARD_AT, SHARD_AT + 3));
  const of = (Number.isNaN(shard) ? 0xffff_ffff : shard).toString(16).padStart(8, '0');
  const counter = '0'.repeat(8);
  const text = `00-${run}${of}${counter}${counter}-${run}${counter}-01`;
  return { text, counterOffsets: [27, 44] };
}

/** The `traceparent` of one message. */
export function traceparentOfMessage(marker: string, sequence: number): string {
  const { traceId, spanId } = traceOf(marker, sequence);
  return `00-${traceId}-${spanId}-01`;
}

/** The trace of a message, and the span that its sender is: as `traceparentOf` has them with the message's number. */
export function traceOf(marker: string, sequence: number): { readonly traceId: string; readonly spanId: string } {
  const { text } = traceparentOf(marker);
  const number = sequence.toString(16).padStart(8, '0').slice(-8);
  return { traceId: text.slice(3, 27) + number, spanId: text.slice(36, 44) + number };
}

/** See `createMarker`. */
const RUN_AT = 4;
const SHARD_AT = 9;
