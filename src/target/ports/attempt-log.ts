/**
 * How often work was begun that never ended. It outlives the worker that began it: what ends its workers is told by this alone,
 * since a worker that dies has no time to count.
 */
export interface AttemptLog {
  /** Counts one more, and yields how many there are, this one included. */
  begin(key: string): Promise<number>;
  /** The work is done: forgets them. */
  end(key: string): Promise<void>;
}
