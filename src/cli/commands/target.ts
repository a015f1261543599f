import { createInterface } from 'node:readline/promises';
import type { Balance, QueueType, Topology } from '../../choices.ts';
import { ChatbenchError, EXIT, type ExitCode } from '../../errors.ts';
import {
  readTargetLogs,
  readTargetStatus,
  startDetachedTarget,
  stopDetachedTarget,
  type TargetStatus,
} from '../../launch/detached-target.ts';
import { examineMachine } from '../../launch/machine/examine-machine.ts';
import { describeInstall, installPackages, listMissingPrograms } from '../../launch/machine/install-packages.ts';
import { formatCount, formatPlural } from '../../quantities.ts';
import { type Backlog, readBacklog } from '../../sampler/read-backlog.ts';
import { printLine, printNote } from '../print.ts';

export interface TargetUpOptions {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose';
  readonly gateways: number;
  readonly workers: number;
  readonly balance: Balance;
  readonly topology: Topology;
  readonly queueType: QueueType;
  readonly auth?: boolean;
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
  /** Also what the project's own tests need. */
  readonly testTools: boolean;
}

/** `chatbench target up` */
export async function targetUp(options: TargetUpOptions): Promise<ExitCode> {
  const status = await startDetachedTarget(options, {
    onProgress: (component, elapsedMs) => printNote(`${component} is up after ${(elapsedMs / 1000).toFixed(1)} s`),
  });
  printLine(describeStatus(status));
  return EXIT.pass;
}

/** `chatbench target down` */
export async function targetDown(): Promise<ExitCode> {
  printLine((await stopDetachedTarget()) ? 'the target is down' : 'no target was up');
  return EXIT.pass;
}

/** `chatbench target status` */
export async function targetStatus({ json }: TargetStatusOptions): Promise<ExitCode> {
  const status = readTargetStatus();
  const backlog = await lookAtQueue(status);
  printLine(
    json
      ? JSON.stringify({ ...redact(status), queue: backlog }, null, 2)
      : describeStatus(status) + describeBacklog(backlog),
  );
  return status.state === 'failed' ? EXIT.targetUnavailable : EXIT.pass;
}

/** `chatbench target logs [component]` */
export async function targetLogs(component: string | undefined, { lines }: TargetLogsOptions): Promise<ExitCode> {
  const logs = readTargetLogs(component, lines);
  if (logs.length === 0) {
    throw new ChatbenchError('target-unavailable', 'no target is up, so there are no logs', {
      hint: 'start one with `chatbench target up`',
    });
  }
  for (const log of logs) {
    if (component === undefined) printLine(`== ${log.component}`);
    for (const line of log.lines) printLine(line);
  }
  return EXIT.pass;
}

/** `chatbench target install` */
export async function targetInstall({ yes, testTools }: TargetInstallOptions): Promise<ExitCode> {
  const machine = await examineMachine();
  const missing = listMissingPrograms(machine, testTools);
  if (missing.length === 0) {
    printLine('nothing to install: every program is here');
    return EXIT.pass;
  }
  printNote(describeInstall(missing));
  if (!yes && !(await confirm())) return EXIT.usage;
  const { installed } = await installPackages(machine, { includeTestTools: testTools, onOutput: printNote });
  printLine(`installed ${installed.join(', ')}`);
  return EXIT.pass;
}

async function confirm(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new ChatbenchError('usage', 'target install: expected --yes, since nobody can be asked here');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Run this? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function describeStatus(status: TargetStatus): string {
  if (status.state === 'down') return 'no target is up';
  const { description, endpoints } = status.facts ?? { description: null, endpoints: [] };
  const balanced = (status.facts?.balance ?? 'none') !== 'none';
  const components = description?.components.map(({ name, version }) => `${name} ${version}`) ?? [];
  return [
    `${status.kind} target: ${status.state}, since ${status.startedAt}`,
    ...(components.length === 0 ? [] : [`  made of   ${components.join(', ')}`]),
    ...endpoints.map((endpoint) => `  ${balanced ? 'nginx  ' : 'gateway'}   ${endpoint}`),
    ...(status.failure === null ? [] : [`  failed    ${status.failure.component}: ${status.failure.reason}`]),
  ].join('\n');
}

/** Null where none is up, or its broker does not answer. */
async function lookAtQueue(status: TargetStatus): Promise<Backlog | null> {
  if (status.state === 'down' || !status.facts?.queue) return null;
  return readBacklog(status.facts.queue).catch(() => null);
}

function describeBacklog(backlog: Backlog | null): string {
  if (backlog === null) return '';
  const { ready, inFlight, deadLetters } = backlog;
  const atWorkers = inFlight === null ? 'workers do not answer' : `${formatCount(inFlight)} at workers`;
  return `\n  queue     ${formatCount(ready)} waiting, ${atWorkers}, ${formatPlural(deadLetters, 'dead letter')}`;
}

/** Without the brokers' credentials, which are in their addresses. */
function redact(status: TargetStatus): object {
  if (status.state === 'down') return status;
  const { facts, ...rest } = status;
  return { ...rest, description: facts?.description ?? null, endpoints: facts?.endpoints ?? [] };
}
