/** What may become more or less while the load stays as it is. */
export type DriftKind = 'latency' | 'queue' | 'memory' | 'connections' | 'observed';
export type DriftUnit = 'us' | 'number' | 'perSecond' | 'bytes' | 'cores';

/** How a figure went over measure. */
export interface Drift {
  /** "delivery.p95", "queue.depth", a process, or what is observed. */
  readonly name: string;
  readonly kind: DriftKind;
  readonly unit: DriftUnit;
  /** Slope per hour, and between what it lies with 99 % confidence. */
  readonly perHour: number;
  readonly lowPerHour: number;
  readonly highPerHour: number;
  /** On the line, when measure began and when it ended. */
  readonly from: number;
  readonly to: number;
  /** The slope is none of chance, still goes on in the second half, and comes to something. */
  readonly drifts: boolean;
  /** What is met if it goes on like that; null where it does not drift, or nothing is in its way. */
  readonly limit: DriftLimit | null;
}

export interface DriftLimit {
  /** A threshold of the scenario, or "the memory of this machine". */
  readonly name: string;
  readonly value: number;
  /** After the end of measure, hours; 0 where it is met already. */
  readonly inHours: number;
  /** With the steepest slope of the interval, and with the flattest. */
  readonly earliestHours: number;
  readonly latestHours: number;
}
