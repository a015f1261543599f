import { hash, randomFillSync } from 'node:crypto';
import { basicAuthorization } from '../../basic-authorization.ts';
import { readHostAndPort } from '../../host-rules.ts';
import { isOwnHeader } from '../../own-headers.ts';
import type { Opening } from '../../protocol/chat-protocol.ts';
import type { Refusal } from '../connection.ts';
import { acceptsDeflate, DEFLATE_OFFER } from './message-deflate.ts';

/** Where a WebSocket address leads, and what is asked there. */
export interface Address {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** For the `Host` header. */
  readonly authority: string;
  readonly path: string;
  /** `Basic …` where the address names a user; null otherwise. */
  readonly authorization: string | null;
}

export function readAddress(url: string): Address {
  const parsed = new URL(url);
  const { protocol, host, pathname, search } = parsed;
  return {
    isSecure: protocol === 'wss:',
    ...readHostAndPort(parsed),
    authority: host,
    path: pathname + search,
    authorization: basicAuthorization(parsed),
  };
}

/** The request to upgrade (RFC 6455, section 4.1); null where a name or value would break out of its line, or is not a client's to set. */
export function encodeUpgrade(address: Address, opening: Opening, key: string): string | null {
  const find = (wanted: string) => Object.keys(opening.headers).find((name) => name.toLowerCase() === wanted);
  const host = find('host');
  const lines = [
    `GET ${address.path} HTTP/1.1`,
    `Host: ${host === undefined ? address.authority : opening.headers[host]}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
  ];
  if (opening.subprotocols.length > 0) lines.push(`Sec-WebSocket-Protocol: ${opening.subprotocols.join(', ')}`);
  if (opening.isCompressed) lines.push(`Sec-WebSocket-Extensions: ${DEFLATE_OFFER}`);
  // One that the scenario names itself counts before the user of the address.
  if (address.authorization !== null && find('authorization') === undefined)
    lines.push(`Authorization: ${address.authorization}`);
  for (const name of Object.keys(opening.headers)) {
    if (name !== host) lines.push(`${name}: ${opening.headers[name]}`);
  }
  if (Object.keys(opening.headers).some(isOwnHeader)) return null;
  return lines.some((line) => LINE_BREAK.test(line)) ? null : `${lines.join('\r\n')}\r\n\r\n`;
}

const LINE_BREAK = /[\r\n\0]/;

/** What the head of an answer tells of its body. */
export interface AnswerHead {
  readonly contentLength: number | null;
  readonly isChunked: boolean;
  /** It is compressed, and so not to be shown. */
  readonly isEncoded: boolean;
  /** Seconds or a date, as it came; null: it does not say. */
  readonly retryAfter: string | null;
}

/** The server speaks HTTP and opens no WebSocket; its body may say why. */
export interface HttpRefusal {
  readonly refusal: Refusal;
  readonly head: AnswerHead;
}

/**
 * Judges the head of the server's answer, without its final blank line.
 *
 * @returns null where the connection is open; otherwise why it is not
 */
export function findRefusal(
  head: string,
  key: string,
  { subprotocols, isCompressed }: Pick<Opening, 'subprotocols' | 'isCompressed'>,
): Refusal | HttpRefusal | null {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
  if (status === undefined) return { outcome: 'protocol', detail: 'the answer is no HTTP/1.1' };
  const headers = readHeaders(lines);
  if (status !== '101') {
    const answer = { status: Number(status), location: headers.get('location') ?? null };
    return { refusal: { outcome: 'refused', detail: `HTTP status ${status}`, answer }, head: readHead(headers) };
  }
  const fault = (detail: string) => ({ outcome: 'protocol' as const, detail });
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return fault('no Upgrade: websocket in the answer');
  if (!/\bupgrade\b/i.test(headers.get('connection') ?? '')) return fault('no Connection: Upgrade in the answer');
  if (headers.get('sec-websocket-accept') !== acceptOf(key)) return fault('a wrong Sec-WebSocket-Accept');
  const extensions = headers.get('sec-websocket-extensions');
  if (extensions !== undefined && !(isCompressed && acceptsDeflate(extensions)))
    return fault('an extension that was not asked for');
  const chosen = headers.get('sec-websocket-protocol');
  if (chosen !== undefined && !subprotocols.includes(chosen)) return fault(`subprotocol ${chosen} was not asked for`);
  return chosen === undefined && subprotocols.length > 0 ? fault('none of the subprotocols was accepted') : null;
}

/** Whether an answer that opens the connection takes up the offer to compress. */
export function isDeflated(head: string): boolean {
  return readHeaders(head.split('\r\n')).has('sec-websocket-extensions');
}

function readHead(headers: ReadonlyMap<string, string>): AnswerHead {
  const length = headers.get('content-length') ?? '';
  return {
    contentLength: /^\d+$/.test(length) ? Number(length) : null,
    isChunked: /\bchunked\b/i.test(headers.get('transfer-encoding') ?? ''),
    isEncoded: !/^(?:identity)?$/i.test(headers.get('content-encoding') ?? ''),
    retryAfter: headers.get('retry-after') ?? null,
  };
}

/** A random key, base64 of 16 bytes. */
export function drawKey(): string {
  if (poolAt === POOL_BYTES) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += KEY_BYTES;
  return pool.toString('base64', poolAt - KEY_BYTES, poolAt);
}

const KEY_BYTES = 16;
/** One call to the random generator for many keys. */
const POOL_BYTES = KEY_BYTES * 1024;
const pool = Buffer.alloc(POOL_BYTES);
let poolAt = POOL_BYTES;

function acceptOf(key: string): string {
  return hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
