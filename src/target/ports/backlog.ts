/** What is under way to a broker, or waits for that. */
export interface Backlog {
  frames: number;
  bytes: number;
}

/**
 * Most that a gateway keeps of frames that nobody stores (typing, receipts, notifications), for each link that carries them.
 * What comes on top is dropped: a broker that stands still answers nothing, and what waits for it would grow without end.
 */
export const UNSTORED_LIMIT: Readonly<Backlog> = { frames: 10_000, bytes: 16 * 1024 * 1024 };

/** Whether one more frame may come on top. */
export function hasRoom(backlog: Readonly<Backlog>, { frames, bytes }: Readonly<Backlog> = UNSTORED_LIMIT): boolean {
  return backlog.frames < frames && backlog.bytes < bytes;
}
