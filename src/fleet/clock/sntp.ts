import { intervalOfPing, type OffsetInterval } from './clock-line.ts';

/** The packet of NTP version 4 (RFC 5905, section 7.3), as far as a client reads it that sets no clock (section 14). */

export const PACKET_BYTES = 48;
const VERSION_4_CLIENT = 0x23;
const MODE_SERVER = 4;
const UNSYNCHRONISED = 3;
const LAST_STRATUM = 15;
const ORIGIN_AT = 24;
const RECEIVED_AT = 32;
const SENT_AT = 40;
/** From 1900, where NTP's seconds begin, to 1970. */
const EPOCH_S = 2_208_988_800;
/** Seconds of its 32 bits that began in 2036. */
const ERA_S = 2 ** 32;
/** To what a time since 1970 in µs is rounded in a double. */
const ROUNDING_US = 1;

/** @param token  eight bytes that the answer has to repeat: nobody else can know them, and no clock is told */
export function writeQuestion(token: Uint8Array): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES);
  packet[0] = VERSION_4_CLIENT;
  packet.set(token, SENT_AT);
  return packet;
}

/**
 * What the answer tells of the offset between the time of day and one's own clock, µs since 1970 minus it. The server's own time may be off
 * by half its way to where that comes from, and by its dispersion (section 11.2: root synchronization distance). A string says why it
 * tells nothing.
 */
export function readAnswer(
  packet: Buffer,
  token: Uint8Array,
  askedAtUs: number,
  arrivedAtUs: number,
): OffsetInterval | string {
  if (packet.length < PACKET_BYTES) return 'answers with what is no NTP packet';
  const [first, stratum] = [packet[0]!, packet[1]!];
  if ((first & 7) !== MODE_SERVER) return 'answers with what is no answer of an NTP server';
  if (!packet.subarray(ORIGIN_AT, ORIGIN_AT + 8).equals(token)) return 'answers what was not asked';
  // The kiss of death (section 7.4): why it does not answer, in four letters.
  if (stratum === 0) return `refuses: ${packet.toString('latin1', 12, 16).replaceAll(/[^A-Z]/g, '')}`;
  if (first >> 6 === UNSYNCHRONISED || stratum > LAST_STRATUM) return 'does not know the time itself';
  const rootUs = fixedUs(packet, 4) / 2 + fixedUs(packet, 8) + 2 ** packet.readInt8(3) * 1e6 + ROUNDING_US;
  const { atUs, lowUs, highUs } = intervalOfPing(
    askedAtUs,
    timestampUs(packet, RECEIVED_AT),
    timestampUs(packet, SENT_AT),
    arrivedAtUs,
  );
  return { atUs, lowUs: lowUs - rootUs, highUs: highUs + rootUs };
}

/** Seconds in 16 bits, and 16 of their fraction. */
function fixedUs(packet: Buffer, at: number): number {
  return (packet.readUInt32BE(at) / 2 ** 16) * 1e6;
}

/** Seconds since 1900 in 32 bits, and 32 of their fraction; a time before 1968 is one after 2036. */
function timestampUs(packet: Buffer, at: number): number {
  const seconds = packet.readUInt32BE(at);
  const era = seconds < ERA_S / 2 ? ERA_S : 0;
  return (seconds + era - EPOCH_S) * 1e6 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1e6;
}
