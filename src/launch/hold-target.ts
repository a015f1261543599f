import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { ChatbenchError } from '../errors.ts';
import type { FaultAction, TargetFaults } from '../target-faults.ts';
import {
  type LaunchPlan,
  type SupervisorCommand,
  type SupervisorMessage,
  supervisorMessage,
  type TargetFacts,
} from './launch-plan.ts';
import { resolveEntry } from './local/start-node-component.ts';
import type { RunningTarget, TargetFailure } from './running-target.ts';

const STOP_LIMIT_MS = 5_000;
const TAIL_LINES = 10;

export type OnProgress = (component: string, elapsedMs: number) => void;

/** The process that holds a target, seen from the one that started it. */
export interface TargetHolder {
  readonly child: ChildProcess;
  readonly facts: TargetFacts;
  readonly failure: Promise<TargetFailure>;
}

/**
 * Starts the process that holds a target and waits until clients can connect.
 * Throws ChatbenchError `target-failed` with the name and the last lines of what died, `target-unavailable` or `usage`.
 *
 * @param options.signal gives the start up; rejects with its reason when all that was started is gone
 * @param logFile where its own words go; null: kept in memory, for the report of its failure
 */
export async function startHolder(
  plan: LaunchPlan,
  logFile: string | null,
  options: { readonly onProgress?: OnProgress | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<TargetHolder> {
  options.signal?.throwIfAborted();
  const child = spawnHolder(plan, logFile);
  const tail = keepTail(child);
  const ended = new Promise<TargetFailure>((resolve) => {
    child.once('error', (error) => resolve({ component: nameHolder(plan), reason: error.message, logTail: [] }));
    child.once('close', (code, signal) =>
      resolve({
        component: nameHolder(plan),
        reason: signal === null ? `exited with code ${code}` : `was killed by ${signal}`,
        logTail: [...tail],
      }),
    );
  });
  const failed = new Promise<TargetFailure>((resolve) => {
    onMessage(child, (message) => message.type === 'failed' && resolve(message.failure));
  });
  const failure = Promise.race([failed, ended]);
  const givenUp = rejectOnAbort(child, options.signal);
  try {
    const facts = await Promise.race([awaitFacts(child, failure, options.onProgress), givenUp.rejection]);
    return { child, facts, failure };
  } catch (error) {
    // The end of the child that giving up brought about may be noticed first.
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    givenUp.forget();
  }
}

/** A held target as the rest of chatbench knows it; it goes down with `stop`, or with this process. */
export function ownTarget({ child, facts, failure }: TargetHolder): RunningTarget {
  let stopping: Promise<void> | null = null;
  let { processes } = facts;
  onMessage(child, (message) => {
    if (message.type !== 'restarted') return;
    const { name } = message.process;
    processes = processes.map((process) => (process.name === name ? message.process : process));
  });
  return {
    ...facts,
    get processes() {
      return processes;
    },
    faults: commandFaults(child),
    // The end that `stop` brings about is no failure.
    failure: new Promise((resolve) => void failure.then((its) => stopping === null && resolve(its))),
    stop: () => {
      stopping ??= stopHolder(child);
      return stopping;
    },
  };
}

/** Faults, asked of the process that holds the target. */
function commandFaults(child: ChildProcess): TargetFaults {
  let lastId = 0;
  const ask = (action: FaultAction) => (component: string) => {
    const command: SupervisorCommand = { type: 'fault', id: ++lastId, action, component };
    return new Promise<void>((resolve, reject) => {
      const settle = (error: string | null) => {
        child.off('message', hear);
        child.off('exit', giveUp);
        if (error === null) resolve();
        else reject(new Error(`${action} ${component}: ${error}`));
      };
      const giveUp = () => settle('the target is gone');
      const hear = (answer: unknown) => {
        const message = supervisorMessage.parse(answer);
        if (message.type === 'fault-done' && message.id === command.id) settle(message.error);
      };
      child.on('message', hear);
      child.once('exit', giveUp);
      child.send(command, (error) => error !== null && settle(error.message));
    });
  };
  return {
    kill: ask('kill'),
    restart: ask('restart'),
    pause: ask('pause'),
    resume: ask('resume'),
    disconnect: ask('disconnect'),
  };
}

async function stopHolder(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const command: SupervisorCommand = { type: 'stop' };
  child.send(command, () => {});
  await gone;
  clearTimeout(limit);
}

/** Rejects with the signal's reason, after all that was started is gone. */
function rejectOnAbort(child: ChildProcess, signal: AbortSignal | undefined) {
  let onAbort = () => {};
  const rejection = new Promise<never>((_, reject) => {
    onAbort = () => void stopHolder(child).then(() => reject(signal?.reason));
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  return { rejection, forget: () => signal?.removeEventListener('abort', onAbort) };
}

function spawnHolder(plan: LaunchPlan, logFile: string | null): ChildProcess {
  const entry = resolveEntry(plan.kind === 'local' ? 'launch/supervisor-process' : 'launch/embedded-process');
  const log = logFile === null ? null : openSync(logFile, 'w', 0o600);
  try {
    return spawn(process.execPath, [entry], {
      env: { ...process.env, CHATBENCH_SUPERVISOR: JSON.stringify(plan) },
      // A session of its own: Ctrl-C in the terminal and its closing must not reach it before `stop` does.
      detached: true,
      stdio: ['ignore', 'ignore', log ?? 'pipe', 'ipc'],
    });
  } finally {
    if (log !== null) closeSync(log);
  }
}

function nameHolder(plan: LaunchPlan): string {
  return plan.kind === 'local' ? 'supervisor' : 'embedded cluster';
}

function keepTail(child: ChildProcess): readonly string[] {
  const tail: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail.push(...text.split('\n').filter((line) => line.trim() !== ''));
    tail.splice(0, tail.length - TAIL_LINES);
  });
  return tail;
}

function awaitFacts(child: ChildProcess, failure: Promise<TargetFailure>, onProgress: OnProgress | undefined) {
  return new Promise<TargetFacts>((resolve, reject) => {
    onMessage(child, (message) => {
      if (message.type === 'ready') resolve(message.facts);
      else if (message.type === 'progress') onProgress?.(message.component, message.elapsedMs);
      else if (message.type === 'refused') reject(describeRefusal(message));
    });
    void failure.then((its) => reject(describeStartFailure(its)));
  });
}

function describeRefusal({ code, message, hint }: Extract<SupervisorMessage, { type: 'refused' }>): ChatbenchError {
  return new ChatbenchError(code, message, hint === null ? {} : { hint });
}

function describeStartFailure({ component, reason, logTail }: TargetFailure): ChatbenchError {
  const last = logTail.at(-1);
  const message = `the target did not start: ${component} ${reason}${last === undefined ? '' : `: ${last.trim()}`}`;
  const log = logTail.length === 0 ? 'it logged nothing' : `last lines of its log:\n${logTail.join('\n')}`;
  return new ChatbenchError('target-failed', message, { hint: log });
}

function onMessage(child: ChildProcess, handle: (message: SupervisorMessage) => unknown): void {
  child.on('message', (message) => handle(supervisorMessage.parse(message)));
}
