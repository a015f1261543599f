/** Every kind of finding, the most telling first: where several hold, they are told in this order. */
export const DIAGNOSIS_CODES = [
  'saturated',
  'process-full',
  'backlog-elsewhere',
  'memory-growing',
  'drifting',
  'connections-refused',
  'slow-gateway',
  'behind-ack',
  'periodic-stall',
  'two-speeds',
  'generator',
  'longest-hop',
] as const;
export type DiagnosisCode = (typeof DIAGNOSIS_CODES)[number];

/** One reason why a run is slow, as far as its data says so. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  /** A sentence or two for whoever has to mend it. */
  readonly text: string;
  /** The figures that it rests on, in base units, by their names. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** What a rule finds; null where the data does not say so. */
export type Finding = Omit<Diagnosis, 'code'> | null;
