import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { ServiceAccount } from '../machine/service-account.ts';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';

/** What to start. Its output goes to `logFile`. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  /** Whom it runs as; null: as the one who starts it. */
  readonly account: ServiceAccount | null;
  /** Open a Node IPC channel: the process is a Node program that exits when the channel closes. */
  readonly ipc: boolean;
  /** Which signal ends it at once. Postgres frees its shared memory on SIGQUIT only, nginx ends its workers on SIGTERM. */
  readonly killSignal: 'SIGKILL' | 'SIGQUIT' | 'SIGTERM';
}

export interface SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly identity: ProcessIdentity;
  /** Only for messages; null where `ipc` is false. */
  readonly channel: ChildProcess | null;
  readonly running: boolean;
  /** Why it ended, in words: "exited with code 1". Never rejects. */
  readonly ended: Promise<string>;
  /** To its whole process group. Nothing happens where it has ended. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a process in a process group of its own. Rejects where the program cannot be started at all. */
export async function startProcess(spec: ProcessSpec): Promise<SupervisedProcess> {
  const child = spawnWithLog(spec);
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve(signal === null ? `exited with code ${code}` : `was killed by ${signal}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A failed send or kill is no reason to bring the supervisor down: the exit tells what happened.
  child.on('error', () => {});
  const pid = child.pid ?? 0;
  return {
    spec,
    identity: identifyProcess(pid) ?? { pid, startedAt: '' },
    channel: spec.ipc ? child : null,
    get running() {
      return running;
    },
    ended,
    signal: (signal) => {
      if (running) signalGroup(pid, signal);
    },
  };
}

/** Signals a process group; quiet where there is none. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

function spawnWithLog(spec: ProcessSpec): ChildProcess {
  const { account, killSignal } = spec;
  const line = [spec.command, ...spec.args];
  const [command, ...args] = spec.ipc ? line : withDeathSignal(line, killSignal, account);
  const log = openSync(spec.logFile, 'a', 0o600);
  try {
    return spawn(command ?? spec.command, args, {
      cwd: spec.cwd,
      env: spec.env,
      // A group of its own: a Ctrl-C in the terminal must not reach it before the supervisor has decided.
      detached: true,
      stdio: spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...(account === null || usesSetpriv() ? {} : { uid: account.uid, gid: account.gid }),
    });
  } finally {
    closeSync(log);
  }
}

/**
 * A program that knows no IPC channel would outlive a parent that is killed with SIGKILL. Linux can signal it then
 * (PR_SET_PDEATHSIG); `setpriv` asks for that after it has changed the user, which would clear the request. Yields the command line
 * as it is where there is no such `setpriv`.
 */
export function withDeathSignal(
  line: readonly string[],
  signal: NodeJS.Signals,
  account: ServiceAccount | null,
): readonly string[] {
  if (!usesSetpriv()) return line;
  const user = account === null ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  return [SETPRIV, `--pdeathsig=${signal.slice(3)}`, ...user, '--', ...line];
}

const SETPRIV = '/usr/bin/setpriv';
let setprivFound: boolean | null = null;
function usesSetpriv(): boolean {
  // Tried rather than looked for: smaller implementations of setpriv lack the option.
  setprivFound ??= process.platform === 'linux' && spawnSync(SETPRIV, ['--pdeathsig=KILL', 'true']).status === 0;
  return setprivFound;
}
