/** The directory of one or several runs as the list shows it. */
export interface ListedRun {
  /** Of the directory: what the run is asked for by. */
  readonly name: string;
  /** Of a comparison there is no page. */
  readonly what: 'run' | 'experiment' | 'repeat' | 'comparison';
  /**
   * Of an experiment `pass` where it has an answer, else `fail`; of several trials that of the worst; `unreadable`: no result
   * that this version can read.
   */
  readonly state: 'pass' | 'fail' | 'invalid' | 'running' | 'unreadable';
  /** ISO 8601; null where it is not known. */
  readonly startedAt: string | null;
  readonly scenario: string;
  readonly load: string;
  readonly target: string;
  readonly p95: string;
}
