import type { Lock } from '../../ports/lock.ts';

/** Locks within one process. A holder that dies takes the process with it: nothing runs out. */
export function createMemoryLock(): Lock {
  const held = new Set<string>();
  let fence = 0;
  return {
    async acquire(name) {
      if (held.has(name)) return null;
      held.add(name);
      let releases = 0;
      return {
        fence: ++fence,
        lost: new AbortController().signal,
        async release() {
          if (releases++ === 0) held.delete(name);
        },
      };
    },
  };
}
