import { z } from 'zod';
import type { ObservedUnit } from '../choices.ts';
import { count, type DataOf, timeUs } from '../data-schema.ts';
import type { LedgerCounts } from './samples.ts';

/** What is known while a run is under way, once a second; the live view draws from these alone. */
export interface LiveUpdate {
  readonly phase: 'connect' | 'warm-up' | 'measure' | 'drain';
  /** Since run start; while clients connect, since they began to. */
  readonly elapsedUs: number;
  /** Warm-up plus measure, µs. */
  readonly totalUs: number;
  readonly connected: number;
  readonly clients: number;
  /** Connections opened in the last second; 0 once all attempts are over. */
  readonly openedPerSecond: number;
  readonly offeredPerSecond: number;
  readonly sentPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Delivery latency of the last second, µs; null where nothing arrived. */
  readonly last: LatencyPoint | null;
  /** Of all measured messages so far. */
  readonly overall: LatencyPoint | null;
  readonly inFlight: number;
  /** Since run start, warm-up included. */
  readonly sent: number;
  readonly delivered: number;
  readonly skipped: number;
  /** The audit of measure, or of warm-up while that lasts; `lost` counts deliveries that are overdue and may still come. */
  readonly ledger: LedgerCounts;
  /** CPU of the busiest generator process over the last second, 1 = one core; null while clients connect. */
  readonly generatorCpuRatio: number | null;
  /** Largest lateness of a send in the last second, µs. */
  readonly latenessMaxUs: number;
  /** ready + in flight; null where it cannot be sampled. */
  readonly queueDepth: number | null;
  /** Its two parts; null where they cannot be sampled. */
  readonly queueReady: number | null;
  readonly queueInFlight: number | null;
  /** What the scenario observes beside the run, the latest of each series; absent: nothing. */
  readonly observed?: readonly LiveObserved[];
  /** Connections that were opened at each endpoint, whose address is without secrets. */
  readonly connections: readonly { readonly endpoint: string; readonly opened: number }[];
  /** The scenario's thresholds by what is known so far. */
  readonly thresholds: readonly LiveThreshold[];
  /** What has happened besides, oldest first. */
  readonly events: readonly LiveEvent[];
  /** Arrivals are paused: what falls due is skipped. Null for a closed loop, which has none to pause. */
  readonly isPaused: boolean | null;
}

export interface LiveObserved {
  readonly name: string;
  readonly unit: ObservedUnit;
  /** Null where it could not be read last. */
  readonly value: number | null;
}

export interface LiveThreshold {
  readonly expression: string;
  /** With its unit; null where nothing is known before the end. */
  readonly actual: string | null;
  /** Null where nothing is known before the end. */
  readonly ok: boolean | null;
}

/** A mark on the run's clock: a fault, a pause. They make the timeline of its result. */
export const liveEvent = z.strictObject({
  atUs: timeUs,
  kind: z.string(),
  text: z.string(),
  /** Which of the scenario's faults it is about, from 0; absent where none. */
  fault: count.optional(),
});
export type LiveEvent = DataOf<typeof liveEvent>;

export interface LatencyPoint {
  readonly p50Us: number;
  readonly p95Us: number;
  readonly p99Us: number;
}
