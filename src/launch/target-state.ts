import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ChatbenchError } from '../errors.ts';
import { type LaunchPlan, targetFacts, targetFailure } from './launch-plan.ts';
import type { TargetFailure } from './running-target.ts';
import type { ServedTarget } from './served-target.ts';
import { identifyProcess, isAlive } from './supervision/process-identity.ts';

const targetState = z.strictObject({
  supervisor: z.strictObject({ pid: z.number().int(), startedAt: z.string() }),
  kind: z.enum(['local', 'embedded']),
  startedAt: z.string(),
  /** Null while it is starting. */
  facts: targetFacts.nullable(),
  logDirectory: z.string().nullable(),
  failure: targetFailure.nullable(),
});

/** What is known of the detached target. Holds credentials: readable by its user only. */
export type TargetState = z.infer<typeof targetState>;

/** The state as its supervisor writes it. */
export interface DetachedState {
  markUp(served: ServedTarget): void;
  markFailed(failure: TargetFailure): void;
  remove(): void;
}

/** What a detached target is called that was given no name. */
export const DEFAULT_NAME = 'default';

/**
 * Directory of the state files and of the supervisors' logs, one of each for every detached target of this user.
 *
 * @param name letters, digits and `-`
 */
export function locateState(name = DEFAULT_NAME): {
  readonly directory: string;
  readonly file: string;
  readonly log: string;
} {
  const home = process.env.XDG_STATE_HOME;
  const base = home === undefined || home === '' ? join(homedir(), '.local', 'state') : home;
  const directory = join(base, 'chatbench');
  const stem = name === DEFAULT_NAME ? 'target' : `target-${name}`;
  return { directory, file: join(directory, `${stem}.json`), log: join(directory, `${stem}.log`) };
}

/** Names of the detached targets of which there is a state, the default first. */
export function listNames(): string[] {
  const { directory } = locateState();
  const files = existsSync(directory) ? readdirSync(directory).sort() : [];
  const named = files.flatMap((file) => /^target-([\w-]+)\.json$/.exec(file)?.[1] ?? []);
  return [...(files.includes('target.json') ? [DEFAULT_NAME] : []), ...named];
}

/** The state of a live detached target; null where there is none. A file whose supervisor is gone counts as none. */
export function readState(file: string): TargetState | null {
  try {
    const state = targetState.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isAlive(state.supervisor) ? state : null;
  } catch {
    return null;
  }
}

/** Makes this process the holder of the detached target. Throws ChatbenchError `usage` where there is one already. */
export function claimState(file: string, plan: LaunchPlan): DetachedState {
  let state: TargetState = {
    supervisor: identifyProcess(process.pid) ?? { pid: process.pid, startedAt: '' },
    kind: plan.kind,
    startedAt: new Date().toISOString(),
    facts: null,
    logDirectory: null,
    failure: null,
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (readState(file) === null) rmSync(file, { force: true });
  const draft = `${file}.${process.pid}`;
  const write = (change: Partial<TargetState>) => {
    state = { ...state, ...change };
    writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  };
  const replace = (change: Partial<TargetState>) => {
    write(change);
    renameSync(draft, file);
  };
  write({});
  publish(draft, file);
  return {
    markUp: ({ facts, logDirectory }) => replace({ facts, logDirectory }),
    markFailed: (failure) => replace({ failure }),
    remove: () => rmSync(file, { force: true }),
  };
}

/** A link, unlike a rename, fails where the name is taken: of two that start at once, one gets it. */
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (cause) {
    throw new ChatbenchError('usage', 'a detached target of this name is already up', {
      hint: 'take it down with "chatbench target down", or start another one with "--name NAME"',
      cause,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}
