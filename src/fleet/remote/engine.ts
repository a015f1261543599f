/**
 * What carries messages between controller and agents: to whoever listens at that moment, at most once. Nothing is redelivered,
 * so that no load can be sent twice.
 */
export interface Engine {
  /** Dropped where the connection is down. */
  publish(subject: string, body: Uint8Array): void;
  /** `*` stands for one word of a subject, `>` at its end for all that follow; yields what ends it. */
  subscribe(subject: string, listener: (body: Uint8Array, subject: string) => void): () => void;
  /** How a person finds it: address and version. */
  readonly description: string;
  /** Settles with why it can no longer be used, such as a key that is not taken any more; null where it was closed on purpose. */
  readonly closed: Promise<string | null>;
  close(): Promise<void>;
}
