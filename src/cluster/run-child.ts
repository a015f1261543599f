import { type ZodType, z } from 'zod';

export interface RunningChild {
  /** Sent to the parent. */
  readonly ready: { readonly type: 'ready'; readonly stats: string; readonly endpoint?: string };
  stop(): Promise<void>;
  /** How much longer than others it may take for that, ms; default 0. */
  readonly drainMs?: number;
}

/** A stop that takes longer is given up, ms; what is told to drain has that time besides. */
const STOP_LIMIT_MS = 2_800;

/**
 * The life of a gateway or worker process: reads its configuration, starts, reports ready over IPC, and ends
 * — gracefully, status 0, on SIGTERM;
 * — at once when its parent is gone;
 * — with one line on stderr, status 1, when it cannot start or loses what it needs.
 * SIGINT and SIGHUP are left to the parent: a terminal sends them to the whole process group, and the parent stops in the right order.
 */
export async function runChild<Config extends { readonly id: string }>(
  schema: ZodType<Config>,
  start: (config: Config, fail: (reason: unknown) => void) => Promise<RunningChild>,
): Promise<void> {
  let name = 'child';
  const fail = (reason: unknown): never => {
    process.stderr.write(`${name}: ${describe(reason)}\n`);
    process.exit(1);
  };
  let running: RunningChild | null = null;
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('disconnect', () => process.exit(1));
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.once('SIGTERM', () => void end(running, fail));
  try {
    const config = readConfig(schema);
    name = config.id;
    running = await start(config, fail);
    process.send?.(running.ready);
  } catch (error) {
    fail(error);
  }
}

/** A line on stderr about a broker that a node of this name waits for. */
export function tellWaiting(name: string): (broker: string, reason: Error) => void {
  return (broker, reason) => process.stderr.write(`${name}: waits for ${broker}: ${describe(reason)}\n`);
}

async function end(running: RunningChild | null, fail: (reason: unknown) => never): Promise<never> {
  const limitMs = STOP_LIMIT_MS + (running?.drainMs ?? 0);
  setTimeout(() => fail(`stop took longer than ${limitMs} ms`), limitMs);
  await running?.stop();
  process.exit(0);
}

function readConfig<Config>(schema: ZodType<Config>): Config {
  const text = process.env.CHATBENCH_CONFIG;
  if (text === undefined) throw new Error('expected the environment variable CHATBENCH_CONFIG');
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`CHATBENCH_CONFIG: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** One line. An AggregateError (a refused connection to several addresses) has an empty message of its own. */
function describe(reason: unknown): string {
  const first = reason instanceof AggregateError && reason.message === '' ? reason.errors[0] : reason;
  const text = first instanceof Error ? first.message || first.name : String(first);
  return text.replace(/\s+/g, ' ').trim();
}
