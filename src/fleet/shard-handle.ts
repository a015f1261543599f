import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RawInterval } from '../record/interval-series.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { SplitSecond, UnsentMessages } from '../record/split-log.ts';
import { listRemembered } from '../redact.ts';
import type { FromShard, ShardAssignment, ShardSnapshot, ToShard } from './shard-messages.ts';
import { watchSilence } from './watch-silence.ts';

/** A shard at work somewhere. Each promise settles once; a process that dies settles them with what went wrong. */
export interface ShardHandle {
  readonly index: number;
  /** Null where it could not be started. */
  readonly pid: number | null;
  readonly connected: Promise<ConnectionCounts | ShardLoss>;
  readonly finished: Promise<ShardReport | ShardLoss>;
  start(atUs: number): void;
  pause(isPaused: boolean): void;
  stop(): void;
  /** Another shard has told what it does not send to rooms that are split. */
  tellUnsent(unsent: UnsentMessages): void;
  /** Ends it at once; where it has not reported, it is lost, for this reason. */
  giveUp(reason: string): void;
}

/** A shard that may send only while somebody says so. */
export interface LeasedShard extends ShardHandle {
  /** On the monotonic clock. A later call moves the end, and one that comes from before a standstill moves it back. */
  lease(untilUs: number): void;
}

/** Who is told how a shard fares. */
export interface ShardListener {
  onInterval(interval: RawInterval, snapshot: ShardSnapshot): void;
  /** It still connects, and has opened so many by now. */
  onConnecting(opened: number): void;
  /** What it tells of rooms that are split. */
  onSplit?(second: SplitSecond): void;
}

export interface ShardLoss {
  readonly lost: string;
}

/** What becomes of a shard that was told to stop before it was told to start. */
export const STOPPED_BEFORE: ShardLoss = { lost: 'stopped before the start' };

export function isLoss(outcome: object): outcome is ShardLoss {
  return 'lost' in outcome;
}

/** Runs the shard in a child process of its own: the limit on open files holds per process, and so does one core. */
export function startShardProcess(
  assignment: ShardAssignment,
  listener: ShardListener,
  patienceTicks: number = PATIENCE_TICKS,
): LeasedShard {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const entry = fileURLToPath(new URL(`./shard-process${extension}`, import.meta.url));
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [...GENERATOR_FLAGS] });
  const connected = Promise.withResolvers<ConnectionCounts | ShardLoss>();
  const finished = Promise.withResolvers<ShardReport | ShardLoss>();
  /** What it has reported; told when its process is gone. */
  let outcome: ShardReport | ShardLoss | null = null;
  let leaving: NodeJS.Timeout | undefined;
  const lose = (reason: string) => {
    connected.resolve({ lost: reason });
    finished.resolve({ lost: reason });
  };
  const giveUp = (reason: string) => {
    silence.end();
    lose(`generator process ${child.pid} ${reason}`);
    // Also ends a process that was stopped.
    child.kill('SIGKILL');
  };
  const silence = watchSilence(patienceTicks, () => giveUp(`did not answer for ${patienceTicks} s, and was ended`));
  const send = (message: ToShard) => {
    if (child.connected) child.send(message, () => {});
  };
  child.on('message', (message: FromShard) => {
    silence.heard();
    if (message.type === 'alive') return;
    if (message.type === 'connected') connected.resolve(message.connections);
    else if (message.type === 'connecting') listener.onConnecting(message.opened);
    else if (message.type === 'split') listener.onSplit?.(message.split);
    else if (message.type === 'interval') listener.onInterval(message.interval, message.snapshot);
    else {
      silence.end();
      outcome = message.report ?? STOPPED_BEFORE;
      send({ type: 'leave' });
      // Also one that was stopped with its report on the way is not left behind.
      leaving = setTimeout(() => child.kill('SIGKILL'), LEAVE_TIMEOUT_MS);
    }
  });
  child.on('error', (error) => lose(error.message));
  child.on('exit', (code, signal) => {
    silence.end();
    clearTimeout(leaving);
    if (outcome !== null) finished.resolve(outcome);
    lose(`generator process ${child.pid} ended with ${signal ?? `code ${code}`}`);
  });
  send({ type: 'run', assignment, secrets: listRemembered() });
  return {
    index: assignment.shard.index,
    pid: child.pid ?? null,
    connected: connected.promise,
    finished: finished.promise,
    start: (atUs) => send({ type: 'start', atUs }),
    pause: (isPaused) => send({ type: 'pause', isPaused }),
    stop: () => send({ type: 'stop' }),
    tellUnsent: (unsent) => send({ type: 'unsent', unsent }),
    lease: (untilUs) => send({ type: 'lease', untilUs }),
    giveUp,
  };
}

/** Seconds without a word, of one every three, after which a process is lost: no pause of its own lasts so long. */
const PATIENCE_TICKS = 30;

/** How long a process that has reported is given to end. */
const LEAVE_TIMEOUT_MS = 5_000;

/**
 * A young generation large enough for a tick's frames, so that they die before they are promoted; garbage can be collected on
 * demand, before the start.
 */
const GENERATOR_FLAGS = ['--max-semi-space-size=32', '--expose-gc'] as const;
