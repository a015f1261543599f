import type { AttemptLog } from '../../ports/message-queue.ts';

/** Attempts in memory, shared by the workers of one process, which die one by one. */
export function createMemoryAttempts(): AttemptLog {
  const tries = new Map<string, number>();
  return {
    async begin(key) {
      const count = (tries.get(key) ?? 0) + 1;
      tries.set(key, count);
      return count;
    },
    async end(key) {
      tries.delete(key);
    },
  };
}
