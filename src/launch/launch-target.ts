import { launchCompose } from './compose/launch-compose.ts';
import { attachToDetached } from './detached-target.ts';
import { type OnProgress, ownTarget, startHolder } from './hold-target.ts';
import { type LaunchRequest, planLaunch } from './plan-launch.ts';
import type { RunningTarget } from './running-target.ts';

export interface LaunchOptions {
  /** Use a detached target of the same composition where one is up. Default true. */
  readonly attach?: boolean;
  /**
   * Parts of it will be started again: those in containers, too, are then found where they were, as processes always are.
   * Default false.
   */
  readonly keepPorts?: boolean;
  /** Default `START_TIMEOUT_MS`. */
  readonly startTimeoutMs?: number;
  /** Called as each component becomes ready, with the time since the start. */
  readonly onProgress?: OnProgress;
  /** Gives the start up: `launchTarget` then rejects with its reason, after what was started is gone. */
  readonly signal?: AbortSignal;
}

/**
 * Brings up the target that is asked for; `auto` is `local` where its programs are found, else `embedded`.
 * Throws ChatbenchError: `target-unavailable` where it cannot run here, `target-failed` where a part of it did not start.
 */
export async function launchTarget(request: LaunchRequest, options: LaunchOptions = {}): Promise<RunningTarget> {
  // A detached target always takes stamps.
  const attached = options.attach === false || request.hops === false ? null : attachToDetached(request);
  if (attached !== null) return attached;
  if (request.kind === 'compose') return launchCompose(request, options.keepPorts);
  const plan = planLaunch(request, request.kind, { startTimeoutMs: options.startTimeoutMs });
  return ownTarget(await startHolder(plan, null, options));
}
