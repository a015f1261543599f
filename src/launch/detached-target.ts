import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ChatbenchError } from '../errors.ts';
import { COMPOSE_FILE } from './compose/launch-compose.ts';
import { type OnProgress, startHolder } from './hold-target.ts';
import type { TargetFacts } from './launch-plan.ts';
import { findServiceAccount } from './machine/service-account.ts';
import { countWorkers, type LaunchRequest, planLaunch } from './plan-launch.ts';
import type { RunningTarget, TargetFailure } from './running-target.ts';
import { chooseBase } from './supervision/instance-directory.ts';
import { readLogTail } from './supervision/log-tail.ts';
import { signalGroup } from './supervision/supervised-process.ts';
import { endStragglers, sweepStaleInstances } from './supervision/sweep-stale-instances.ts';
import { listNames, locateState, readState, type TargetState } from './target-state.ts';

const STOP_LIMIT_MS = 5_000;
const WATCH_INTERVAL_MS = 250;

/** Of the target that stays up between runs: not up, still starting, serving, or up with a part of it dead. */
export type TargetStatus =
  | { readonly state: 'down' }
  | ({ readonly state: 'starting' | 'up' | 'failed' } & TargetState);

/**
 * Starts a target that outlives this process and its terminal, and waits until clients can connect.
 * Throws ChatbenchError `usage` where one is up already or the kind cannot be detached, and what `launchTarget` throws.
 */
export async function startDetachedTarget(
  request: LaunchRequest,
  options: {
    readonly onProgress?: OnProgress;
    readonly startTimeoutMs?: number;
    readonly signal?: AbortSignal;
    /** What it is to be called; default `DEFAULT_NAME`. */
    readonly name?: string | undefined;
  } = {},
): Promise<TargetStatus> {
  if (request.kind === 'compose') {
    throw new ChatbenchError('usage', 'target "compose" cannot be kept up by chatbench', {
      hint: `CHATBENCH_PASSWORD=$(openssl rand -hex 24) docker compose -f ${COMPOSE_FILE} up -d --build --wait`,
    });
  }
  const { directory, file, log } = locateState(options.name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const plan = planLaunch(request, request.kind, { stateFile: file, startTimeoutMs: options.startTimeoutMs });
  const { child } = await startHolder(plan, log, options);
  child.disconnect();
  child.unref();
  return readTargetStatus(options.name);
}

/** Takes the detached target of this name down, and no other; false where none was up. Everything of it is gone when this settles. */
export async function stopDetachedTarget(name?: string): Promise<boolean> {
  const { file } = locateState(name);
  const state = readState(file);
  if (state !== null) {
    signalGroup(state.supervisor.pid, 'SIGTERM');
    await endStragglers([state.supervisor], STOP_LIMIT_MS);
  }
  // Also where none was up: one may have been killed, and has then left its brokers' files, if not its brokers.
  await sweepStaleInstances(chooseBase(await findServiceAccount()));
  rmSync(file, { force: true });
  return state !== null;
}

export function readTargetStatus(name?: string): TargetStatus {
  const state = readState(locateState(name).file);
  if (state === null) return { state: 'down' };
  if (state.failure !== null) return { state: 'failed', ...state };
  return { state: state.facts === null ? 'starting' : 'up', ...state };
}

/**
 * The last lines that the components of the detached target logged; empty where none is up.
 *
 * @param component one of them, such as `rabbitmq` or `gateway-1`; undefined: all. Throws ChatbenchError `usage` where
 *   there is no such component
 * @param lines of each component, at most
 */
export function readTargetLogs(
  component: string | undefined,
  lines: number,
  name?: string,
): { readonly component: string; readonly lines: readonly string[] }[] {
  const { file, log } = locateState(name);
  const state = readState(file);
  if (state === null) return [];
  const logs = new Map([['supervisor', log]]);
  if (state.logDirectory !== null) {
    for (const name of readdirSync(state.logDirectory).sort()) {
      logs.set(name.replace(/\.log$/, ''), join(state.logDirectory, name));
    }
  }
  if (component !== undefined && !logs.has(component)) {
    throw new ChatbenchError('usage', `the target has no component "${component}"`, {
      hint: `one of: ${[...logs.keys()].join(', ')}`,
    });
  }
  const chosen = [...logs].filter(([name]) => component === undefined || name === component);
  return chosen.map(([name, path]) => ({ component: name, lines: readLogTail(path, lines) }));
}

/** A detached target that is up and is what is asked for, else null. It outlives the run: `stop` leaves it up. */
export function attachToDetached(request: LaunchRequest): RunningTarget | null {
  for (const name of listNames()) {
    const status = readTargetStatus(name);
    if (status.state === 'up' && status.facts !== null && fits(status, request))
      return attach(name, status, status.facts);
  }
  return null;
}

function attach(name: string, { startedAt }: TargetState, facts: TargetFacts): RunningTarget {
  const watch = watchForFailure(name);
  // Its processes are another's: nothing here may break them.
  const attachedTo = { name, startedAt };
  return { ...facts, attachedTo, failure: watch.failure, faults: null, stop: async () => watch.end() };
}

function fits({ kind, facts }: TargetState, request: LaunchRequest): boolean {
  if (facts === null) return false;
  const { topology, queueType, gateways, workers } = facts.description;
  return (
    (request.kind === kind || (request.kind === 'auto' && kind === 'local')) &&
    topology === request.topology &&
    facts.defect === (request.defect ?? null) &&
    (facts.tokenKey !== null) === (request.auth ?? false) &&
    isDeepStrictEqual(facts.rateLimit, request.rateLimit ?? null) &&
    (queueType === null || queueType === (request.queueType ?? 'classic')) &&
    gateways === request.gateways &&
    workers === countWorkers(request) &&
    facts.balance === (request.balance ?? 'none')
  );
}

function watchForFailure(name: string): { readonly failure: Promise<TargetFailure>; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const failure = new Promise<TargetFailure>((resolve) => {
    timer = setInterval(() => {
      const status = readTargetStatus(name);
      if (status.state === 'down') resolve({ component: 'supervisor', reason: 'is gone', logTail: [] });
      else if (status.failure !== null) resolve(status.failure);
      else return;
      clearInterval(timer);
    }, WATCH_INTERVAL_MS).unref();
  });
  return { failure, end: () => clearInterval(timer) };
}
