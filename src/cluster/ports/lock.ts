/** Lets one process of the cluster do something at a time. */
export interface Lock {
  /**
   * Takes the lock of this name where nobody holds it; null where somebody does. It is renewed until it is released, and
   * runs out `ttlMs` after its holder has died.
   */
  acquire(name: string, ttlMs: number): Promise<HeldLock | null>;
}

export interface HeldLock {
  /**
   * Higher than that of every holder before. A process that was paused for longer than the lock's life does not know that it
   * has lost it: whatever it writes under the lock must be refused by this number.
   */
  readonly fence: number;
  /** Aborted as soon as the loss of the lock is noticed. */
  readonly lost: AbortSignal;
  /** Gives it up where it is still held; another holder's is left alone. */
  release(): Promise<void>;
}
