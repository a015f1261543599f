import type { QueueSeries } from './observations.ts';

/** The port "how deep are the target's queues right now". */
export interface QueueProbe {
  readonly source: QueueSeries['source'];
  /** One reading, summed over all queues. Rejects when it cannot be had. */
  read(): Promise<QueueReading>;
  close(): Promise<void>;
}

export interface QueueReading {
  /** Messages that wait for a worker. */
  readonly ready: number;
  /** Messages at a worker that it has not acknowledged; null where its gauge cannot be read. */
  readonly inFlight: number | null;
}
