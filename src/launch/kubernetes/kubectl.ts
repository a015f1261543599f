import { type ChildProcess, spawn } from 'node:child_process';
import { ChatbenchError } from '../../errors.ts';
import { withDeathSignal } from '../supervision/supervised-process.ts';

/** The user's own kubectl, in one context and namespace from beginning to end. */
export interface Kubectl {
  /** "in namespace chat of context staging" */
  readonly place: string;
  /**
   * Yields what it prints.
   *
   * @param input what it reads
   * @param signal ends it before its time
   * @throws ChatbenchError `target-unavailable` with the last line that it said
   */
  run(args: readonly string[], options?: { readonly input?: string; readonly signal?: AbortSignal }): Promise<string>;
  /** One that goes on until it is ended, or, on Linux, until this process is gone, however that went. */
  spawn(args: readonly string[]): ChildProcess;
  /** Lets it go on alone, whatever becomes of this process. */
  leaveBehind(args: readonly string[]): void;
}

/**
 * @param namespace null: the context's own
 * @throws ChatbenchError `target-unavailable` where there is none on this machine
 */
export async function findKubectl(namespace: string | null): Promise<Kubectl> {
  // Somebody may turn to another context meanwhile, and what was made in one is removed in the same. Inside a cluster there is none.
  const context = await runKubectl([], ['config', 'current-context']).then(
    (name) => name.trim(),
    (error: unknown) => {
      if (error instanceof ChatbenchError && error.cause !== undefined) throw error;
      return '';
    },
  );
  const where = [
    ...(context === '' ? [] : ['--context', context]),
    ...(namespace === null ? [] : ['--namespace', namespace]),
  ];
  return {
    place: `in ${namespace === null ? 'the usual namespace' : `namespace ${namespace}`} of ${context === '' ? 'the cluster' : `context ${context}`}`,
    run: (args, options) => runKubectl(where, args, options),
    spawn(args) {
      const line = withDeathSignal(['kubectl', ...where, ...args], 'SIGKILL', null);
      return spawnApart(line, ['ignore', 'pipe', 'pipe']);
    },
    leaveBehind(args) {
      spawnApart(['kubectl', ...where, ...args], ['ignore', 'ignore', 'ignore'])
        .on('error', () => {})
        .unref();
    },
  };
}

/** In a process group of its own: Ctrl-C in the terminal is for this process, which then ends it in its turn. */
function spawnApart([command = '', ...args]: readonly string[], stdio: ('ignore' | 'pipe')[]): ChildProcess {
  return spawn(command, args, { stdio, detached: true });
}

function runKubectl(
  where: readonly string[],
  args: readonly string[],
  { input, signal }: { readonly input?: string; readonly signal?: AbortSignal } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawnApart(['kubectl', ...where, ...args], ['pipe', 'pipe', 'pipe']);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const stop = () => child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    child.once('error', (cause: NodeJS.ErrnoException) => reject(describeMissing(cause)));
    child.once('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0) resolve(stdout);
      else reject(describeFailure(args[0], stderr));
    });
    // One that has ended without reading all of it says why on its own.
    child.stdin?.on('error', () => {}).end(input ?? '');
  });
}

function describeMissing(cause: NodeJS.ErrnoException): ChatbenchError {
  const reason = cause.code === 'ENOENT' ? 'is not on this machine' : `cannot be started (${cause.code})`;
  return new ChatbenchError('target-unavailable', `--on kubernetes: kubectl ${reason}`, {
    hint: 'install it (https://kubernetes.io/docs/tasks/tools), or write the manifests with --print and apply them elsewhere',
    cause,
  });
}

function describeFailure(verb: string | undefined, stderr: string): ChatbenchError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new ChatbenchError(
    'target-unavailable',
    `--on kubernetes: kubectl ${verb}: ${said || 'failed without a word'}`,
    {
      hint: 'kubectl cluster-info tells whether it reaches a cluster, kubectl auth can-i --list what it may do there',
    },
  );
}
