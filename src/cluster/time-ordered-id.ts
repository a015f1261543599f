import { randomBytes } from 'node:crypto';

let lastMs = 0;
let nth = 0;

/**
 * An id that nobody else makes: 12 hexadecimal digits of milliseconds since 1970, 4 that count within the millisecond, 16 at
 * random. Those of one process ascend as texts, also when its clock goes back.
 */
export function createTimeOrderedId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    nth = 0;
  } else if (++nth > 0xffff) {
    lastMs++;
    nth = 0;
  }
  return toHex(lastMs, 12) + toHex(nth, 4) + randomBytes(8).toString('hex');
}

function toHex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
