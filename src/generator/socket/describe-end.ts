import { CLOSED_HERE } from '../../record/connection-counts.ts';
import { excerpt } from '../../redact.ts';
import type { Refusal } from '../connection.ts';
import { HostRefused } from '../hosts/host-guard.ts';

/** How a connection ended or failed, in words that are the same for the same cause: they are counted by them. */

/** The stream ended, and nothing was said before. */
export const NO_WORD = 'closed without a word';

/** The other side has closed, for what it says itself: without secrets. */
export function describeClose(code: number, text: string): string {
  const meaning = text === '' ? (MEANINGS[code] ?? '') : excerpt(text, TOLD_CHARACTERS);
  return meaning === '' ? `closed with ${code}` : `closed with ${code}: ${meaning}`;
}

/** The other side has broken the protocol, so that this side has closed. */
export function describeViolation(code: number, reason: string): string {
  return `${CLOSED_HERE}${reason}, so that this side closed with ${code}`;
}

/** A close frame holds no more, in bytes (RFC 6455, section 5.5.1). */
const TOLD_CHARACTERS = 123;

/** RFC 6455, section 7.4.1, and the registry that it sets up. */
const MEANINGS: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

/** What a server says besides the status that it answers with: when to come back, and the beginning of its words. Without secrets. */
export function describeBody(text: string, retryAfter: string | null = null): string {
  const told = excerpt(text.replace(/\s+/g, ' ').trim(), BODY_CHARACTERS);
  return `${retryAfter === null ? '' : `, Retry-After ${retryAfter}`}${told === '' ? '' : `: ${told}`}`;
}

/** As much of a body is told. */
const BODY_CHARACTERS = 200;

export function explainFailure(failure: Error | null): Refusal {
  const detail = describeError(failure) ?? 'closed during the handshake';
  if (/ETIMEDOUT/.test(detail)) return { outcome: 'timeout', detail: 'handshake timed out' };
  const isRefused = failure instanceof HostRefused || REFUSALS.test(detail);
  const isOwn = failure instanceof HostRefused || OWN_FAILURES.test(detail);
  return { outcome: isRefused ? 'refused' : 'closed', detail, ...(isOwn ? { isOwn } : {}) };
}

const OWN_FAILURES = /EMFILE|ENFILE|ENOBUFS|ENOMEM|EADDRNOTAVAIL|EADDRINUSE|ENOTFOUND|EAI_AGAIN/;
const REFUSALS = /^TLS: |ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EADDRINUSE|EAI_AGAIN/;

/** Without local ports and other details that differ from one connection to the next. */
export function describeError(failure: Error | null): string | null {
  if (failure === null) return null;
  const { code, syscall, address, port, reason } = failure as NodeJS.ErrnoException & ErrorDetails;
  if (code === undefined) return failure.message === '' ? failure.name : failure.message;
  if (TLS_CODES.test(code)) return `TLS: ${(reason ?? failure.message).split(/[\r\n;]/, 1)[0]} (${code})`;
  return [syscall, code, address === undefined ? undefined : `${address}:${port}`].filter(Boolean).join(' ');
}

interface ErrorDetails {
  readonly address?: string;
  readonly port?: number;
  /** OpenSSL's own words: `message` has addresses of memory in it. */
  readonly reason?: string;
}

/** Of Node: its own, OpenSSL's, and those of a certificate that was not accepted (X509_V_ERR_…). */
const TLS_CODES =
  /^ERR_(?:TLS|SSL|OSSL)|^EPROTO$|CERT|CRL|SIGNATURE|ISSUER|CHAIN|^INVALID_(?:CA|PURPOSE)$|^HOSTNAME_MISMATCH$/;
