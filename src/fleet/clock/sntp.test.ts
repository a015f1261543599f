import { describe, expect, it } from 'vitest';
import { PACKET_BYTES, readAnswer, writeQuestion } from './sntp.ts';

const TOKEN = Buffer.from('8 bytes!');
/** 2026-11-30T12:00:00Z. */
const NOON_S = 1_796_040_000;
const NOON_NTP_S = NOON_S + 2_208_988_800;

interface Answer {
  readonly leap?: number;
  readonly mode?: number;
  readonly stratum?: number;
  readonly token?: Buffer;
  readonly seconds?: number;
  readonly reference?: string;
}

/** Answered half a millisecond after it was received, a quarter of a second past noon; 3 ms to its root, 2 ms of dispersion, 1 µs precise. */
function answer({
  leap = 0,
  mode = 4,
  stratum = 2,
  token = TOKEN,
  seconds = NOON_NTP_S,
  reference = 'GPS',
}: Answer = {}) {
  const packet = Buffer.alloc(PACKET_BYTES);
  packet[0] = (leap << 6) | (4 << 3) | mode;
  packet[1] = stratum;
  packet.writeInt8(-20, 3);
  packet.writeUInt32BE(Math.round(0.003 * 65_536), 4);
  packet.writeUInt32BE(Math.round(0.002 * 65_536), 8);
  packet.write(reference, 12, 'latin1');
  token.copy(packet, 24);
  packet.writeUInt32BE(seconds, 32);
  packet.writeUInt32BE(2 ** 30, 36);
  packet.writeUInt32BE(seconds, 40);
  packet.writeUInt32BE(2 ** 30 + Math.round(0.0005 * 2 ** 32), 44);
  return packet;
}

describe('an answer of a time server', () => {
  it('leaves open what the way may have taken, and what the server admits', () => {
    const interval = readAnswer(answer(), TOKEN, 1_000_000, 1_010_000);
    if (typeof interval === 'string') throw new Error(interval);
    const noonUs = NOON_S * 1e6 + 250_000;
    // 3.5 ms of the server's own, and 1 + 1 + 1 + 2.5 µs of rounding, precision and drift on the way.
    const ownUs = 3_500 + 5.5;
    expect(interval.atUs).toBe(1_005_000);
    expect(interval.highUs - (noonUs - 1_000_000 + ownUs)).toBeCloseTo(0, -1.5);
    expect(interval.lowUs - (noonUs + 500 - 1_010_000 - ownUs)).toBeCloseTo(0, -1.5);
  });

  it('is of after 2036 where its seconds have begun anew', () => {
    const interval = readAnswer(answer({ seconds: 100 }), TOKEN, 0, 0);
    if (typeof interval === 'string') throw new Error(interval);
    expect(new Date(interval.highUs / 1000).toISOString()).toMatch(/^2036-02-07T06:29:56/);
  });

  it.each<readonly [Answer, string]>([
    [{ leap: 3 }, 'does not know the time itself'],
    [{ stratum: 16 }, 'does not know the time itself'],
    [{ stratum: 0, reference: 'RATE' }, 'refuses: RATE'],
    [{ mode: 3 }, 'answers with what is no answer of an NTP server'],
    [{ token: Buffer.from('8 others') }, 'answers what was not asked'],
  ])('tells nothing where it is %o', (one, reason) => {
    expect(readAnswer(answer(one), TOKEN, 0, 0)).toBe(reason);
  });

  it('tells nothing where it is cut short', () => {
    expect(readAnswer(answer().subarray(0, 47), TOKEN, 0, 0)).toBe('answers with what is no NTP packet');
  });
});

it('is asked for in version 4, as a client, and told no time', () => {
  const question = writeQuestion(TOKEN);
  expect(question).toHaveLength(PACKET_BYTES);
  expect(question[0]).toBe(0b00_100_011);
  expect(question.subarray(1, 40).every((byte) => byte === 0)).toBe(true);
  expect(question.subarray(40)).toEqual(TOKEN);
});
