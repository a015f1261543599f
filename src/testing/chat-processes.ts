import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GatewayReady, GatewaySettings } from '../cluster/gateway/gateway-config.ts';
import type { WorkerReady, WorkerSettings } from '../cluster/worker/worker-config.ts';

export interface ChatProcess<Ready> {
  readonly child: ChildProcess;
  readonly ready: Ready;
  /** SIGTERM; yields the exit code. */
  stop(): Promise<number | null>;
}

const EXTENSION = extname(fileURLToPath(import.meta.url));

export function forkGateway(config: GatewaySettings): Promise<ChatProcess<GatewayReady>> {
  return forkEntry(`../cluster/gateway/gateway-process${EXTENSION}`, config);
}

export function forkWorker(config: WorkerSettings): Promise<ChatProcess<WorkerReady>> {
  return forkEntry(`../cluster/worker/worker-process${EXTENSION}`, config);
}

/** Without a rehearsal, unless the configuration says otherwise. Rejects with what the process wrote on stderr where it ends before it is ready. */
async function forkEntry<Ready>(entry: string, config: object): Promise<ChatProcess<Ready>> {
  const child = fork(fileURLToPath(new URL(entry, import.meta.url)), {
    env: { ...process.env, CHATBENCH_CONFIG: JSON.stringify({ rehearsalMs: 0, ...config }) },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (text) => {
    complaint += text;
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('close', (code) => reject(new Error(`exit ${code}: ${complaint}`)));
  });
  return {
    child,
    ready,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}
