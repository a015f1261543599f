import { createInterface } from 'node:readline/promises';
import type { Balance, QueueType, Topology } from '../../choices.ts';
import { type DeadLetter, listDeadLetters, replayDeadLetters } from '../../cluster/adapters/rabbitmq/dead-letters.ts';
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
  /** What it is to be called. */
  readonly name?: string;
}

export interface TargetStatusOptions {
  readonly json: boolean;
}

export interface TargetLogsOptions {
  readonly lines: number;
  readonly name?: string;
}

export interface TargetInstallOptions {
  /** Install without asking. */
  readonly yes: boolean;
  /** Also what the project's own tests need. */
  readonly testTools: boolean;
}

/** `chatbench target up` */
export async function targetUp({ name, ...options }: TargetUpOptions): Promise<ExitCode> {
  const status = await startDetachedTarget(options, {
    name,
    onProgress: (component, elapsedMs) => printNote(`${component} is up after ${(elapsedMs / 1000).toFixed(1)} s`),
  });
  printLine(describeStatus(status));
  return EXIT.pass;
}

/** `chatbench target down [name]` */
export async function targetDown(name?: string): Promise<ExitCode> {
  const which = name === undefined ? '' : ` "${name}"`;
  printLine((await stopDetachedTarget(name)) ? `the target${which} is down` : `no target${which} was up`);
  return EXIT.pass;
}

/** `chatbench target status [name]` */
export async function targetStatus(name: string | undefined, { json }: TargetStatusOptions): Promise<ExitCode> {
  const status = readTargetStatus(name);
  const backlog = await lookAtQueue(status);
  printLine(
    json
      ? JSON.stringify({ ...redact(status), queue: backlog }, null, 2)
      : describeStatus(status) + describeBacklog(backlog),
  );
  return status.state === 'failed' ? EXIT.targetUnavailable : EXIT.pass;
}

/** `chatbench target logs [component]` */
export async function targetLogs(component: string | undefined, { lines, name }: TargetLogsOptions): Promise<ExitCode> {
  const logs = readTargetLogs(component, lines, name);
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

export interface DeadLettersOptions {
  readonly name?: string;
  readonly most: number;
  readonly json: boolean;
}

/** `chatbench target dead-letters list` */
export async function listDeadLetterLines({ name, most, json }: DeadLettersOptions): Promise<ExitCode> {
  const letters = await listDeadLetters(requireQueue(name).url, most);
  if (json) printLine(JSON.stringify(letters, null, 2));
  else for (const letter of letters) printLine(describeLetter(letter));
  if (!json && letters.length === 0) printLine('no dead letters');
  return EXIT.pass;
}

/** `chatbench target dead-letters replay` */
export async function replayDeadLetterLines({ name, most }: DeadLettersOptions): Promise<ExitCode> {
  const { replayed, left } = await replayDeadLetters(requireQueue(name).url, most);
  printLine(
    `${formatPlural(replayed, 'message')} sent to the workers again, ${formatPlural(left, 'dead letter')} left that are no message`,
  );
  return EXIT.pass;
}

function requireQueue(name: string | undefined) {
  const status = readTargetStatus(name);
  const queue = status.state === 'down' ? null : (status.facts?.queue ?? null);
  if (queue?.kind === 'amqp') return queue;
  throw new ChatbenchError('target-unavailable', 'no target is up that keeps dead letters in RabbitMQ', {
    hint: 'start one with `chatbench target up --kind local`',
  });
}

function describeLetter({ message, bytes }: DeadLetter): string {
  return message === null
    ? `${formatPlural(bytes, 'byte')} that are no message`
    : `${message.room} ${message.id} from ${message.from}, ${new Date(message.at).toISOString()}`;
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
    ...endpoints.slice(0, 1).map((endpoint) => `  chat      ${pageOf(endpoint)}, a page to try it`),
    ...(status.failure === null ? [] : [`  failed    ${status.failure.component}: ${status.failure.reason}`]),
  ].join('\n');
}

/** Every gateway serves it, and nginx, too. */
function pageOf(endpoint: string): string {
  return new URL('/', endpoint.replace(/^ws/, 'http')).href;
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
