import type { ConnectionCounts } from '../../record/samples.ts';
import type { ShardReport } from '../../record/shard-report.ts';
import { type ShardHandle, type ShardListener, type ShardLoss, STOPPED_BEFORE } from '../shard-handle.ts';
import type { AgentSession } from './agent-session.ts';
import type { FromAgent } from './messages.ts';
import { readInterval, readReport } from './report-body.ts';
import { readSplit } from './split-body.ts';

/** A shard that an agent runs: the same handle as that of a process of this machine. */
export interface RemoteShard {
  readonly handle: ShardHandle;
  /** Who is told of its seconds from now on. */
  listen(listener: ShardListener): void;
  /** @throws BentBody for a histogram that nobody can have recorded */
  take(message: FromAgent): void;
}

export function createRemoteShard(index: number, session: AgentSession): RemoteShard {
  const connected = Promise.withResolvers<ConnectionCounts | ShardLoss>();
  const finished = Promise.withResolvers<ShardReport | ShardLoss>();
  let listener: ShardListener | null = null;
  let isOver = false;
  const settle = (outcome: ShardReport | ShardLoss) => {
    isOver = true;
    if ('lost' in outcome) connected.resolve(outcome);
    finished.resolve(outcome);
  };
  const lose = (reason: string) => settle({ lost: reason });
  void session.lost.then(lose);
  return {
    handle: {
      index,
      pid: null,
      connected: connected.promise,
      finished: finished.promise,
      start: (atUs) => session.send({ type: 'start', shard: index, startAtUs: session.startOn(atUs) }),
      pause: (isPaused) => session.send({ type: 'pause', shard: index, isPaused }),
      stop: () => session.send({ type: 'stop', shard: index }),
      tellUnsent: ({ shard, numbers, endsAt }) =>
        session.send({ type: 'unsent', shard: index, unsent: { shard, numbers: [...numbers], endsAt } }),
      giveUp(reason) {
        if (isOver) return;
        session.send({ type: 'give-up', shard: index, reason });
        lose(`shard ${index + 1} of agent ${session.agent.name} ${reason}`);
      },
    },
    listen(to) {
      listener = to;
    },
    take(message) {
      // What comes after it was given up is of a shard that the result already counts as lost.
      if (isOver) return;
      if (message.type === 'connecting') listener?.onConnecting(message.opened);
      else if (message.type === 'connected') connected.resolve(message.connections);
      else if (message.type === 'split') listener?.onSplit?.(readSplit(message.split));
      else if (message.type === 'interval') {
        listener?.onInterval(readInterval(message.interval), message.snapshot);
      } else if (message.type === 'finished') settle(readOutcome(message, session));
    },
  };
}

function readOutcome(
  message: Extract<FromAgent, { type: 'finished' }>,
  session: AgentSession,
): ShardReport | ShardLoss {
  const { report, lost } = message;
  if (lost !== null) return { lost: `agent ${session.agent.name}: ${lost}` };
  return report === null ? STOPPED_BEFORE : readReport(report);
}
