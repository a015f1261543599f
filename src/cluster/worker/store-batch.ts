import type { ChatMessage } from '../ports/chat-message.ts';
import { type MessageStore, POISON_TRIES, RefusedBatch } from '../ports/message-store.ts';
import { tryPatiently } from '../try-patiently.ts';

/**
 * Stores a batch and yields each message's sequence number; null for one that the store refuses even alone.
 * One poisoned message costs its batch speed, not its neighbours. Throws when the store fails for about a minute.
 *
 * @param onRetry called for every repeated try
 */
export async function storeBatch(
  store: MessageStore,
  batch: readonly ChatMessage[],
  onRetry: () => void,
): Promise<readonly (number | null)[]> {
  try {
    return await appendPatiently(store, batch, onRetry);
  } catch (error) {
    if (!(error instanceof RefusedBatch)) throw error;
  }
  const sequences: (number | null)[] = [];
  // One after the other: later messages of a room must get higher numbers.
  for (const message of batch) sequences.push(await storeAlone(store, message, onRetry));
  return sequences;
}

async function storeAlone(store: MessageStore, message: ChatMessage, onRetry: () => void): Promise<number | null> {
  for (let tries = 0; tries < POISON_TRIES; tries++) {
    onRetry();
    try {
      const [sequence] = await appendPatiently(store, [message], onRetry);
      return sequence!;
    } catch (error) {
      if (!(error instanceof RefusedBatch)) throw error;
    }
  }
  return null;
}

/** Appends; while the store fails (not while it refuses), tries again. A repeated append stores nothing twice. */
function appendPatiently(
  store: MessageStore,
  batch: readonly ChatMessage[],
  onRetry: () => void,
): Promise<readonly number[]> {
  return tryPatiently(
    () => store.append(batch),
    onRetry,
    (error) => error instanceof RefusedBatch,
  );
}
