import type { Clock } from '../../clock.ts';
import { ChatbenchError } from '../../errors.ts';
import { mostOf } from '../../extremes.ts';
import { labelRegions, readRegion } from '../../record/region-pair.ts';
import { type AgentError, errorBetween, errorOfPair } from '../clock/clock-error.ts';
import type { ClockErrors, Fleet } from '../fleet.ts';
import type { ShardAssignment } from '../shard-messages.ts';
import { type AgentSession, openAgentSession } from './agent-session.ts';
import type { Engine } from './engine.ts';
import { type KeyPair, sign } from './keys.ts';
import type { AgentHello, FromAgent } from './messages.ts';
import { toRemoteAssignment } from './remote-assignment.ts';
import { createRemoteShard, type RemoteShard } from './remote-shard.ts';

export interface RemoteFleetOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** One word that no other run has. */
  readonly run: string;
  /** Whoever was admitted; the shards are dealt out to them in turn. */
  readonly agents: readonly AgentHello[];
  readonly controller: KeyPair;
  /** SHA-256 of the protocol's module; null where it is no module. */
  readonly moduleHash: string | null;
  /** An agent is lost, for this reason: none of its shards will report. */
  onLost(reason: string): void;
}

export interface RemoteFleet extends Fleet {
  /** Nothing more is expected of anybody. Idempotent. */
  close(): void;
}

/** Shards at agents. Nobody is ever given the shard of another: what was lost stays lost, and the result says so. */
export function createRemoteFleet(options: RemoteFleetOptions): RemoteFleet {
  const { engine, clock, run, agents } = options;
  const shards = new Map<number, RemoteShard>();
  const members = agents.map((agent) => openMember(agent));

  function openMember(agent: AgentHello) {
    const accepted = Promise.withResolvers<void>();
    let armed: { readonly startAtUs: number; settle(slackUs: number): void } | null = null;
    const session = openAgentSession({
      engine,
      clock,
      run,
      agent,
      onMessage(message: FromAgent) {
        if (message.type === 'accepted') accepted.resolve();
        else if (message.type === 'refused') session.lose(`refused: ${message.reason}`);
        else if (message.type === 'armed') {
          if (message.startAtUs === armed?.startAtUs) armed.settle(message.slackUs);
        } else if ('shard' in message && ownsShard(agent, message.shard)) shards.get(message.shard)?.take(message);
      },
    });
    return {
      session,
      accepted: accepted.promise,
      /** Yields how long before the start it knew of it, µs; null where it is lost. */
      arm(startAtUs: number): Promise<number | null> {
        const atUs = session.toAgentClock(startAtUs);
        const answer = Promise.withResolvers<number>();
        armed = { startAtUs: atUs, settle: answer.resolve };
        session.send({ type: 'arm', startAtUs: atUs });
        const cancel = clock.after(startAtUs - clock.nowUs(), () => answer.resolve(0));
        return Promise.race([answer.promise, session.lost.then(() => null)]).finally(cancel);
      },
    };
  }

  /** A message of an agent counts for its own shards only. */
  function ownsShard(agent: AgentHello, index: number): boolean {
    return agents[index % agents.length] === agent;
  }

  async function assign(assignments: readonly ShardAssignment[]): Promise<void> {
    const regions = regionsOf(assignments.length);
    const remote = assignments.map((assignment) => toRemoteAssignment({ ...assignment, regions }, options.moduleHash));
    for (const { shard } of assignments) {
      shards.set(shard.index, createRemoteShard(shard.index, members[shard.index % members.length]!.session));
    }
    const settled = members.map(async ({ session, accepted }) => {
      const { agent } = session;
      await orLost(session, session.clockKnown);
      const isElsewhere = !sharesClock(session);
      const own = remote
        .filter(({ shard }) => ownsShard(agent, shard.index))
        .map((assignment) => ({ ...assignment, isElsewhere }));
      const text = JSON.stringify({ run, agent: agent.id, assignments: own });
      const { publicKey: controller, seed } = options.controller;
      session.send({ type: 'assign', text, signature: sign(seed, text), controller });
      session.grantLeases();
      await orLost(session, accepted);
    });
    await Promise.all(settled);
    for (const { session } of members) void session.lost.then(options.onLost);
  }

  /** Of each shard; null where no two of them are told apart. */
  function regionsOf(count: number): readonly (string | null)[] | null {
    const all = agents.map(({ labels }) => readRegion(labels.region));
    const isOfUse = new Set(all.filter((region) => region !== null)).size > 1;
    return isOfUse ? Array.from({ length: count }, (_, index) => all[index % agents.length]!) : null;
  }

  /** The start as a time of day: what the agents' time servers say is held against it, and where all have one they start by it. */
  function agreeOnTimeOfDay(startAtUs: number): void {
    const known = members.flatMap(({ session }) => session.timeOfDayAt(startAtUs) ?? []).sort((a, b) => a - b);
    const timeOfDayUs = known[Math.floor(known.length / 2)];
    if (timeOfDayUs === undefined) return;
    for (const { session } of members) session.agreeOn(Math.round(timeOfDayUs), known.length === members.length);
  }

  function errorsNow(when: 'run' | 'start'): readonly { readonly region: string | null; readonly error: AgentError }[] {
    return members.flatMap(({ session }) => {
      const error = session.clockError(when);
      return error === null ? [] : [{ region: readRegion(session.agent.labels.region), error }];
    });
  }

  function close(): void {
    for (const { session } of members) session.leave();
  }

  return {
    async prepare(assignments) {
      try {
        await assign(assignments);
      } catch (error) {
        close();
        throw error;
      }
    },
    startShard({ shard }, listener) {
      const remote = shards.get(shard.index)!;
      remote.listen(listener);
      return remote.handle;
    },
    async agreeOnStart() {
      for (const { session } of members) session.lookAtClock();
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
        const marginUs = attempt * Math.max(LEAST_MARGIN_US, MARGIN_ROUND_TRIPS * longestRoundTrip(members));
        const startAtUs = clock.nowUs() + marginUs;
        const slacks = await Promise.all(members.map(({ arm }) => arm(startAtUs)));
        const enoughUs = marginUs / 4;
        const areInTime = slacks.every((slackUs) => slackUs === null || slackUs > enoughUs);
        if (areInTime && startAtUs - clock.nowUs() > enoughUs) {
          agreeOnTimeOfDay(startAtUs);
          return startAtUs;
        }
      }
      throw new ChatbenchError(
        'target-unavailable',
        'the agents could not agree on a start: their answers came too late',
        {
          hint: 'chatbench agents doctor tells how far away each is; start with agents that are not busy otherwise',
        },
      );
    },
    clockErrors: () => tellErrors(errorsNow('run')),
    startSpreadUs: () => errorBetween(errorsNow('start').map(({ error }) => error)),
    stopTimeoutMs: STOP_TIMEOUT_MS,
    close,
  };
}

function tellErrors(agents: readonly { readonly region: string | null; readonly error: AgentError }[]): ClockErrors {
  const byRegions: Record<string, number> = {};
  const note = (from: string | null, to: string | null, errorUs: number) => {
    if (from === null || to === null) return;
    const label = labelRegions({ from, to });
    byRegions[label] = Math.max(byRegions[label] ?? 0, errorUs);
  };
  for (const [index, one] of agents.entries()) {
    note(one.region, one.region, 0);
    for (const other of agents.slice(index + 1)) {
      const errorUs = errorOfPair(one.error, other.error);
      note(one.region, other.region, errorUs);
      note(other.region, one.region, errorUs);
    }
  }
  return { anyUs: errorBetween(agents.map(({ error }) => error)), byRegions };
}

/** What the shards have measured comes after their drain, over a line that may be slow, from machines that may be busy. */
const STOP_TIMEOUT_MS = 15_000;

const MOST_ATTEMPTS = 5;
const LEAST_MARGIN_US = 500_000;
const MARGIN_ROUND_TRIPS = 10;

function longestRoundTrip(members: readonly { readonly session: AgentSession }[]): number {
  return mostOf(
    members.map(({ session }) => session.roundTripUs),
    0,
  );
}

/** Two machines that were booted at different times have monotonic clocks that are apart by more than the error of any exchange. */
function sharesClock(session: AgentSession): boolean {
  const known = session.clockNow();
  return known !== null && Math.abs(known.offsetUs) <= known.boundUs + 1;
}

/** @throws ChatbenchError where the agent is lost before */
async function orLost<Value>(session: AgentSession, promise: Promise<Value>): Promise<Value> {
  return Promise.race([
    promise,
    session.lost.then((reason): never => {
      throw new ChatbenchError('target-unavailable', reason, {
        hint: 'mend it there and start it again, or run with fewer --agents',
      });
    }),
  ]);
}
