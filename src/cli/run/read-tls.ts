import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ChatbenchError } from '../../errors.ts';
import type { TlsRules } from '../../host-rules.ts';

/** Flags that say how far an encrypted target is trusted, and what it is shown. */
export interface TlsOptions {
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure: boolean;
}

/**
 * Undefined where no flag was given.
 *
 * @throws ChatbenchError `usage` where a file cannot be read or is none, or where one of --cert and --key is missing
 */
export function readTls({ ca, cert, key, insecure }: TlsOptions): TlsRules | undefined {
  if (ca === undefined && cert === undefined && key === undefined && !insecure) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined ? ['--key', '--cert'] : ['--cert', '--key'];
    throw new ChatbenchError('usage', `${given}: expected ${missing} beside it`, {
      hint: 'a client certificate is a certificate and its private key, a PEM file each',
    });
  }
  const rules = {
    ca: readPem('--ca', ca, (text) => new X509Certificate(text)),
    cert: readPem('--cert', cert, (text) => new X509Certificate(text)),
    key: readPem('--key', key, (text) => createSecureContext({ key: text })),
    verifies: !insecure,
  };
  if (rules.cert !== null && rules.key !== null) requirePair(rules.cert, rules.key);
  return rules;
}

function readPem(flag: string, path: string | undefined, check: (text: string) => unknown): string | null {
  if (path === undefined) return null;
  const refuse = (reason: string, cause: unknown) =>
    new ChatbenchError('usage', `${flag} ${path}: ${reason}`, { hint: 'expected the path of a PEM file', cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw refuse(`cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
  try {
    check(text);
  } catch (cause) {
    throw refuse(flag === '--key' ? 'expected a private key without a passphrase' : 'expected a certificate', cause);
  }
  return text;
}

function requirePair(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new ChatbenchError('usage', '--cert and --key: expected a certificate and its own private key', { cause });
  }
}
