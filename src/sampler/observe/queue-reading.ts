/** How deep a target's queues are at one moment. */
export interface QueueReading {
  /** Messages that wait for a worker. */
  readonly ready: number;
  /** Messages at a worker that it has not acknowledged; null where nobody tells. */
  readonly inFlight: number | null;
}
