import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { SupervisedProcess } from '../supervision/supervised-process.ts';
import { type LaunchContext, startUntilReady } from './start-component.ts';

/** A program of this project, as run now: the source or what was built of it. */
export function resolveEntry(path: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../../${path}${extension}`, import.meta.url));
}

/**
 * Starts a Node program of the cluster and yields its `ready` message, checked.
 *
 * @param config given to it as JSON in CHATBENCH_CONFIG, which other users cannot read
 */
export function startNodeComponent<Ready extends { readonly type: 'ready'; readonly stats: string }>(
  context: LaunchContext,
  component: { readonly name: string; readonly entry: string; readonly config: object },
  schema: z.ZodType<Ready>,
): Promise<Ready> {
  const specify = (config: object) => ({
    name: component.name,
    command: process.execPath,
    args: [...NODE_FLAGS, component.entry],
    env: { ...process.env, CHATBENCH_CONFIG: JSON.stringify(config) },
    cwd: context.directory.path,
    logFile: context.directory.logFile(component.name),
    account: null,
    ipc: true,
    killSignal: 'SIGKILL' as const,
  });
  return startUntilReady(
    context,
    'node',
    specify(component.config),
    (child, signal) => awaitReady(child, schema, signal),
    // Its address is known to others by now: whoever takes its place has to be there, and soon rather than at full speed.
    ({ stats }) => specify({ ...component.config, port: Number(new URL(stats).port), rehearsalMs: 0 }),
  );
}

/**
 * A cluster shares a few cores with its brokers and with the generator: helper threads for garbage collection would only
 * take turns with them. A young generation of 16 MiB lets most frames die before they are ever copied.
 */
const NODE_FLAGS = ['--single-threaded-gc', '--max-semi-space-size=16'] as const;

function awaitReady<Ready>(child: SupervisedProcess, schema: z.ZodType<Ready>, signal: AbortSignal): Promise<Ready> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    child.channel?.on('message', (message) => {
      if (z.object({ type: z.literal('ready') }).safeParse(message).success) resolve(schema.parse(message));
    });
  });
}
