import { nkeys } from '@nats-io/transport-node';

/** Ed25519 keys as the engine knows them: a text each, with a checksum. */
export interface KeyPair {
  readonly publicKey: string;
  /** Keeps it secret: whoever has it is its owner. */
  readonly seed: string;
}

export function createKeyPair(): KeyPair {
  const pair = nkeys.createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

/** @throws Error where the text is no seed */
export function readKeyPair(seed: string): KeyPair {
  return { publicKey: nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey(), seed };
}

export function sign(seed: string, text: string): string {
  const pair = nkeys.fromSeed(new TextEncoder().encode(seed));
  return Buffer.from(pair.sign(Buffer.from(text))).toString('base64');
}

/** False, too, where key or signature is none. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    return nkeys.fromPublic(publicKey).verify(Buffer.from(text), Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
