import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ChatbenchError } from '../../errors.ts';
import type { Kubectl } from './kubectl.ts';

export interface ForwardedPort {
  /** On 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

const AGAIN_AFTER_MS = 250;
const WITHIN_MS = 30_000;

/**
 * Leads a port of this machine to one in the cluster, at the same number for as long as it is wanted: where kubectl ends, as it does
 * when a connection through it is reset, it is started again.
 *
 * @throws ChatbenchError `target-unavailable` where it cannot be led there
 */
export async function forwardPort(kubectl: Kubectl, resource: string, to: number): Promise<ForwardedPort> {
  let isWanted = true;
  let child = startForward(kubectl, resource, `:${to}`);
  const port = await readPort(child);
  let again: NodeJS.Timeout | null = null;
  const keep = () => {
    child.once('close', () => {
      if (!isWanted) return;
      again = setTimeout(() => {
        child = startForward(kubectl, resource, `${port}:${to}`);
        keep();
      }, AGAIN_AFTER_MS);
    });
  };
  keep();
  return {
    port,
    async stop() {
      isWanted = false;
      if (again !== null) clearTimeout(again);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function startForward(kubectl: Kubectl, resource: string, ports: string): ChildProcess {
  const child = kubectl.spawn(['port-forward', '--address', '127.0.0.1', resource, ports]);
  // Where it cannot be started it is closed, too.
  child.on('error', () => {});
  // What it says must be read, or it would stand still.
  child.stdout?.setEncoding('utf8').resume();
  child.stderr?.setEncoding('utf8').resume();
  return child;
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const refuse = (reason: string) =>
      reject(
        new ChatbenchError('target-unavailable', `--on kubernetes: kubectl port-forward: ${reason}`, {
          hint: 'its user needs the right to create pods/portforward in that namespace',
        }),
      );
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      refuse(`no port within ${WITHIN_MS / 1000} s`);
    }, WITHIN_MS);
    child.stderr?.on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdout?.on('data', (chunk: string) => {
      stdout += chunk;
      const port = /^Forwarding from 127\.0\.0\.1:(\d+) ->/m.exec(stdout)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('close', () => {
      clearTimeout(timer);
      refuse(stderr.trim().split('\n').at(-1) || 'ended without a word');
    });
  });
}
