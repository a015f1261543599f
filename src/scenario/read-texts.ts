import { isUtf8 } from 'node:buffer';
import { bytesOfText, type TextList } from '../text-list.ts';
import { LIMITS } from './defaults.ts';
import { readDataFile } from './read-data-file.ts';

/** Each file once: a run does not see two versions of it. */
const lists = new Map<string, TextList>();

/**
 * The lines of a file, in UTF-8: without the byte order mark, line ends and empty lines. A string says why there are none.
 *
 * @param file an absolute path
 */
export function readTexts(file: string): TextList | string {
  const known = lists.get(file);
  if (known !== undefined) return known;
  const bytes = readDataFile(file);
  const list = typeof bytes === 'string' ? bytes : splitLines(bytes);
  if (typeof list !== 'string') lists.set(file, list);
  return list;
}

/** Of a message that has this line, in bytes: the marker and a space stand before it. */
export function bodyBytesOf(list: TextList, index: number): number {
  return LIMITS.minPayloadBytes + SPACE + bytesOfText(list, index);
}

const SPACE = 1;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function splitLines(input: Buffer): TextList | string {
  const most = LIMITS.maxPayloadBytes - LIMITS.minPayloadBytes - SPACE;
  const bytes = Buffer.alloc(input.length);
  const ends: number[] = [];
  let length = 0;
  for (let at = 0, line = 1; at < input.length; line++) {
    const feed = input.indexOf(LINE_FEED, at);
    const next = feed < 0 ? input.length : feed;
    const text = input.subarray(at, next > at && input[next - 1] === CARRIAGE_RETURN ? next - 1 : next);
    at = next + 1;
    if (text.length === 0) continue;
    if (text.length > most) return `line ${line}: expected at most ${most} bytes, got ${text.length}`;
    if (!isUtf8(text)) return `line ${line}: expected UTF-8`;
    length += text.copy(bytes, length);
    ends.push(length);
  }
  if (ends.length === 0) return 'expected at least one line that is not empty';
  return { bytes: new Uint8Array(bytes.subarray(0, length)), ends: Uint32Array.from(ends) };
}
