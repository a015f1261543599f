/** What carries the bytes of a protocol that has packets of its own. */
export interface ByteLink {
  readonly isOpen: boolean;
  /** Bytes handed over that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /** The bytes are not to be changed afterwards. */
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  close(): void;
}
