/** Which rooms of the cluster have most messages, roughly: what a worker that starts should know first. */
export interface RoomActivity {
  /** Adds so many messages to each room's. */
  note(messages: ReadonlyMap<string, number>): Promise<void>;
  /** The most active rooms, most active first, at most `count`. */
  mostActive(count: number): Promise<readonly string[]>;
  /**
   * Halves all counts, so that what was busy long ago fades. Without effect where a higher fence has done so before: its
   * holder has lost the lock meanwhile.
   */
  fade(fence: number): Promise<void>;
}

/** Rooms whose activity is kept. */
export const ACTIVE_ROOMS_KEPT = 1_000;
