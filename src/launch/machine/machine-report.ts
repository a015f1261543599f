export type ProgramName =
  | 'redis-server'
  | 'rabbitmq-server'
  | 'postgres'
  | 'nginx'
  | 'nats-server'
  | 'mosquitto'
  | 'prosody'
  | 'daphne'
  | 'chromium'
  | 'xmllint'
  | 'docker';

/** A program that a target or the tests use. `version` is null where it is missing or does not tell. */
export interface ProgramReport {
  readonly name: ProgramName;
  readonly path: string | null;
  readonly version: string | null;
}

/** Whether a target can run here, and if not, why and what would enable it. */
export interface TargetReport {
  readonly kind: 'embedded' | 'local' | 'compose';
  readonly available: boolean;
  readonly reason: string | null;
  readonly remedy: string | null;
}

export interface MachineReport {
  readonly chatbench: string;
  readonly node: string;
  readonly platform: string;
  /** Those that this process may use. */
  readonly cores: number;
  readonly machineCores: number;
  /** CPU time per time that its control groups leave it; null: no limit. */
  readonly quotaCores: number | null;
  readonly memoryBytes: number;
  /** Null: unlimited, or the system does not tell. */
  readonly openFiles: { readonly soft: number | null; readonly hard: number | null };
  readonly programs: readonly ProgramReport[];
  readonly targets: readonly TargetReport[];
}
