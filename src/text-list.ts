/** Texts as plain data that goes to every shard's process: all one after the other in UTF-8, so that a million are two objects. */
export interface TextList {
  readonly bytes: Uint8Array;
  /** Where each text ends; it begins where the one before it does. */
  readonly ends: Uint32Array;
}

export function textAt({ bytes, ends }: TextList, index: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return text.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
}

/** Its length in UTF-8. */
export function bytesOfText({ ends }: TextList, index: number): number {
  return ends[index]! - (index === 0 ? 0 : ends[index - 1]!);
}
