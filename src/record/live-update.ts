/** What is known while a run is under way, once a second; the live view draws from these alone. */
export interface LiveUpdate {
  readonly phase: 'connect' | 'warm-up' | 'measure' | 'drain';
  readonly elapsedUs: number;
  /** Warm-up plus measure, µs. */
  readonly totalUs: number;
  readonly connected: number;
  readonly clients: number;
  readonly offeredPerSecond: number;
  readonly sentPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Delivery latency of the last second, µs; null where nothing arrived. */
  readonly last: LatencyPoint | null;
  /** Of all measured messages so far. */
  readonly overall: LatencyPoint | null;
  readonly inFlight: number;
  readonly sent: number;
  readonly delivered: number;
  /** ready + in flight; null where it cannot be sampled. */
  readonly queueDepth: number | null;
}

export interface LatencyPoint {
  readonly p50Us: number;
  readonly p95Us: number;
  readonly p99Us: number;
}
