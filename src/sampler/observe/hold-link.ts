/** Longer than any server that is worth observing takes, and short enough that a run does not wait for one that hangs. */
export const ANSWER_WITHIN_MS = 2_000;

export interface HeldLink<Link> {
  /** Opens the link where there is none. After a failure, also one that only took too long, the next use opens another one. */
  use<T>(work: (link: Link) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection that outlives its server: what was lost is opened again when it is used next. */
export function holdLink<Link>(
  open: () => Promise<Link>,
  end: (link: Link) => unknown,
  answerWithinMs = ANSWER_WITHIN_MS,
): HeldLink<Link> {
  let held: Promise<Link> | null = null;
  let isClosed = false;
  // One that is still being opened is ended as soon as it is there.
  const drop = (opening: Promise<Link>) => opening.then(end).catch(() => {});
  return {
    async use(work) {
      if (isClosed) throw new Error('closed');
      held ??= open();
      const opening = held;
      try {
        return await within(answerWithinMs, opening.then(work));
      } catch (error) {
        if (held === opening) {
          held = null;
          void drop(opening);
        }
        throw error;
      }
    },
    async close() {
      isClosed = true;
      const last = held;
      held = null;
      if (last !== null) await within(answerWithinMs, drop(last)).catch(() => {});
    },
  };
}

/** What the promise comes to, if it does so in time. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
