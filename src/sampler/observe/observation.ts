import type { ObservedUnit } from '../../choices.ts';

/** The port "what is this figure of some system right now". Whatever is behind it only reads. */
export interface Observation {
  /** Of its series, such as "lag" or "worker.memory". */
  readonly name: string;
  readonly unit: ObservedUnit;
  /** How often its source has something new to tell, at the most, µs; absent: whenever it is asked. */
  readonly refreshUs?: number;
  /**
   * One reading, which opens anew what was lost before. Rejects where it cannot be had, within `ANSWER_WITHIN_MS`; with `FirstReading`
   * where it tells what became of a figure since the reading before, and there was none. To be called again only once it has settled.
   */
  read(): Promise<number>;
  /** Idempotent. Never rejects. */
  close(): Promise<void>;
}
