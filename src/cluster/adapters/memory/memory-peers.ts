import type { WorkerPeers } from '../../ports/worker-peers.ts';

/** Workers of one process. Notices come in a later turn of the event loop, in order. */
export class MemoryPeers {
  readonly #listeners = new Set<(notice: string) => void>();

  /** For one worker; `close` ends it. */
  open(): WorkerPeers & { close(): void } {
    let own: (notice: string) => void = () => {};
    return {
      tell: (notice) =>
        void setImmediate(() => {
          for (const listener of [...this.#listeners]) listener(notice);
        }),
      onTold: (listener) => {
        own = listener;
        this.#listeners.add(listener);
      },
      onSeated: () => {},
      close: () => void this.#listeners.delete(own),
    };
  }
}
