import type { AttemptLog } from '../../ports/message-queue.ts';

/** Attempts in memory, shared by the workers of one process, which die one by one. */
export function createMemoryAttempts(): AttemptLog {
  const tries = new Map<string, number>();
  return {
    async begin(keys) {
      for (const key of new Set(keys)) tries.set(key, (tries.get(key) ?? 0) + 1);
      return keys.map((key) => tries.get(key)!);
    },
    async end(keys) {
      for (const key of keys) tries.delete(key);
    },
  };
}
