import { ChatbenchError } from '../errors.ts';
import {
  type LaunchPlan,
  launchPlan,
  type SupervisorCommand,
  type SupervisorMessage,
  supervisorCommand,
} from './launch-plan.ts';
import { StartFailure } from './local/start-component.ts';
import type { TargetFailure } from './running-target.ts';
import type { ServedTarget, StartTarget } from './served-target.ts';
import { claimState, type DetachedState } from './target-state.ts';

/** A stop that takes longer is given up: what is left falls to the death signals and the next start's sweep, ms. */
const STOP_LIMIT_MS = 4_500;

/**
 * The life of the process that holds a target: starts it, tells the parent, and takes it down
 * — when told to, by the message `stop`, SIGTERM, SIGINT or SIGHUP;
 * — when the parent is gone, unless the target is detached;
 * — when anything goes wrong in this process itself.
 */
export async function serveTarget(start: StartTarget): Promise<void> {
  const plan = launchPlan.parse(JSON.parse(process.env.CHATBENCH_SUPERVISOR ?? 'null'));
  const given = new AbortController();
  let target: Promise<ServedTarget> | null = null;
  let state: DetachedState | null = null;
  let ending = false;

  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS);
    given.abort();
    await target?.then((served) => served.stop()).catch(() => {});
    state?.remove();
    process.exit(code);
  };
  watchForEnd(plan, end);
  obeyCommands(() => target, end);
  try {
    state = plan.stateFile === null ? null : claimState(plan.stateFile, plan);
    // Cleared once it is up: a signal that aborts later would still take the target down.
    const timer = setTimeout(() => given.abort(new DOMException('', 'TimeoutError')), plan.startTimeoutMs);
    target = start(plan, given.signal, reportProgress());
    const served = await target.finally(() => clearTimeout(timer));
    state?.markUp(served);
    void served.failure.then((failure) => {
      if (ending) return;
      state?.markFailed(failure);
      report({ type: 'failed', failure });
    });
    served.followRestarts?.((process) => report({ type: 'restarted', process }));
    report({ type: 'ready', facts: served.facts });
  } catch (error) {
    if (!ending) await reportStartError(error);
    await end(1);
  }
}

function watchForEnd(plan: LaunchPlan, end: (code: number) => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  if (plan.stateFile === null) process.on('disconnect', () => void end(0));
  // Without a listener, words for a parent that is gone would end this process before it has cleaned up.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack}\n`);
    void end(1);
  });
}

function obeyCommands(target: () => Promise<ServedTarget> | null, end: (code: number) => Promise<void>): void {
  process.on('message', (message) => {
    const command = supervisorCommand.parse(message);
    if (command.type === 'stop') void end(0);
    else void bringAbout(command, target());
  });
}

async function bringAbout(
  { id, action, component }: FaultCommand,
  target: Promise<ServedTarget> | null,
): Promise<void> {
  try {
    if (target === null) throw new Error('the target is still starting');
    await (await target).faults[action](component);
    await report({ type: 'fault-done', id, error: null });
  } catch (error) {
    await report({ type: 'fault-done', id, error: error instanceof Error ? error.message : String(error) });
  }
}

type FaultCommand = Extract<SupervisorCommand, { type: 'fault' }>;

function reportProgress(): (component: string) => void {
  const startedAt = performance.now();
  return (component) => report({ type: 'progress', component, elapsedMs: Math.round(performance.now() - startedAt) });
}

async function reportStartError(error: unknown): Promise<void> {
  if (error instanceof ChatbenchError) {
    const code = error.code === 'usage' || error.code === 'target-unavailable' ? error.code : 'target-failed';
    await report({ type: 'refused', code, message: error.message, hint: error.hint });
  } else await report({ type: 'failed', failure: describeStartError(error) });
}

function describeStartError(error: unknown): TargetFailure {
  if (error instanceof StartFailure) return error.failure;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { component: 'supervisor', reason: 'failed while it was starting the target', logTail: stack.split('\n') };
}

/** Settles when the parent has it, or cannot have it. */
function report(message: SupervisorMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send !== undefined) process.send(message, () => resolve());
    else resolve();
  });
}
