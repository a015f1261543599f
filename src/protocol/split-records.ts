import { bufferOver } from '../buffer-over.ts';
import type { ChatProtocol } from './chat-protocol.ts';

/**
 * Gives each record of a frame to `take`: what stands between separators, without the line ends that it begins with. Records of
 * nothing are passed over, so that a separator may as well end every record. No copies.
 */
export function splitRecords(frame: Buffer, separator: Buffer, take: (record: Buffer) => void): void {
  let at = 0;
  for (let end = frame.indexOf(separator); end >= 0; end = frame.indexOf(separator, at)) {
    takeRecord(frame, at, end, take);
    at = end + separator.length;
  }
  if (at === 0) take(frame);
  else takeRecord(frame, at, frame.length, take);
}

function takeRecord(frame: Buffer, start: number, end: number, take: (record: Buffer) => void): void {
  let at = start;
  while (at < end && (frame[at] === LINE_FEED || frame[at] === CARRIAGE_RETURN)) at++;
  if (at < end) take(frame.subarray(at, end));
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** `take` for whole frames: called once for each record where a protocol has any, and with the frame where it has none. */
export function byRecord(
  protocol: Pick<ChatProtocol, 'separator' | 'unwrap'>,
  take: (record: Buffer) => void,
): (frame: Buffer) => void {
  const { separator, unwrap } = protocol;
  if (unwrap !== undefined) {
    return (frame) => {
      for (const record of unwrap(frame)) take(bufferOver(record));
    };
  }
  if (separator === null || separator === undefined || separator === '') return take;
  const bytes = Buffer.from(separator);
  return (frame) => splitRecords(frame, bytes, take);
}

/** Its frames hold records, to each of which its rules apply by themselves. */
export function hasRecords({ separator, unwrap }: Pick<ChatProtocol, 'separator' | 'unwrap'>): boolean {
  return Boolean(separator) || unwrap !== undefined;
}
