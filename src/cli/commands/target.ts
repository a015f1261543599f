import type { ExitCode } from '../../errors.ts';

export interface TargetUpOptions {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly gateways: number;
  readonly workers: number;
}

export interface TargetStatusOptions {
  readonly json: boolean;
}

export interface TargetLogsOptions {
  readonly lines: number;
}

export interface TargetInstallOptions {
  /** Install without asking. */
  readonly yes: boolean;
}

/** `chatbench target up` */
export async function targetUp(_options: TargetUpOptions): Promise<ExitCode> {
  throw new Error('not wired');
}

/** `chatbench target down` */
export async function targetDown(): Promise<ExitCode> {
  throw new Error('not wired');
}

/** `chatbench target status` */
export async function targetStatus(_options: TargetStatusOptions): Promise<ExitCode> {
  throw new Error('not wired');
}

/** `chatbench target logs [component]` */
export async function targetLogs(_component: string | undefined, _options: TargetLogsOptions): Promise<ExitCode> {
  throw new Error('not wired');
}

/** `chatbench target install` */
export async function targetInstall(_options: TargetInstallOptions): Promise<ExitCode> {
  throw new Error('not wired');
}
