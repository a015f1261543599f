import type { Opening } from '../../protocol/chat-protocol.ts';

/** By what a server of some kind is known: it is sent little or nothing, and answers as no other would. */
export interface WireSign {
  /** Of `use: NAME`. */
  readonly preset: string;
  /** Where such servers listen; the address that was given may have another path. */
  readonly path: string;
  /** Of a description, where the path is another: what comes behind the endpoint. */
  addressAt(path: string): string;
  readonly subprotocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent once it is open, given the host's name; null: nothing. */
  greet(host: string): string | null;
  recognises(frame: Buffer): boolean;
}

type Given = Pick<WireSign, 'preset' | 'path'> & Partial<WireSign> & { readonly answer: RegExp };

/** @param given `answer`: what the first frame matches, or one of the next */
export function defineSign({ answer, ...given }: Given): WireSign {
  return {
    addressAt: (path) => path,
    subprotocols: [],
    headers: {},
    greet: () => null,
    recognises: (frame) => answer.test(frame.toString('latin1', 0, 4096)),
    ...given,
  };
}

export function openingOf(sign: WireSign, origin: string, path: string): Opening {
  const address = sign.addressAt(path).replaceAll('{uuid}', String(process.hrtime.bigint()));
  const { subprotocols, headers } = sign;
  return { url: origin + address, subprotocols, headers, frames: [], readyFrames: 0 };
}
