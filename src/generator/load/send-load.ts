import type { Clock } from '../../clock.ts';
import { drawPayloads } from '../../plan/draw-payloads.ts';
import { listSenders } from '../../plan/list-senders.ts';
import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { openSchedule, type ScheduleCursor } from '../../plan/schedule.ts';
import type { ShardPart } from '../../plan/shard-part.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { ForeignMessage } from '../../record/split-messages.ts';
import type { Journeys } from '../journey/create-journeys.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { Sender } from './create-sender.ts';
import type { Traffic } from './create-traffic.ts';
import { type Arrivals, driveArrivals } from './drive-arrivals.ts';
import { driveClosedLoop } from './drive-closed-loop.ts';

export interface Sending {
  readonly shard: Shard;
  readonly layout: PlanLayout;
  readonly part: ShardPart;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly sender: Sender;
  readonly recorder: Recorder;
  /** Null: nothing is done beside sending. */
  readonly traffic: Traffic | null;
  /** Null: senders only send, and wait. */
  readonly journeys?: Journeys | null;
  readonly environment: ShardEnvironment;
}

/** Plays the shard's part of the plan. Settles when measure is over and the last of it out, or the signal aborts. */
export function sendLoad(sending: Sending): Promise<void> {
  return sending.shard.plan.load.loop === 'open' ? sendOpenLoop(sending) : sendClosedLoop(sending);
}

async function sendOpenLoop(sending: Sending): Promise<void> {
  const { shard, layout, part, startAtUs, traffic, environment } = sending;
  const { clock, signal } = environment;
  const cursor = openSchedule(shard, layout, part);
  const messages = part.hasSplitRooms ? shareArrivals(sending, cursor) : ownArrivals(sending, cursor);
  await drive(sending, traffic === null ? [messages] : [messages, traffic.arrivals]);
  if (part.hasSplitRooms && signal.aborted) endShared(sending, cursor);
  // The last message may be due long before: measure goes on for those who watch the queue run empty in a stage of 0/s.
  const { warmupUs, measureUs } = shard.plan.phases;
  await sleepUntil(clock, startAtUs + warmupUs + measureUs, signal);
}

/** All messages of the shard are sent by its own clients. */
function ownArrivals({ sender, environment }: Sending, cursor: ScheduleCursor): Arrivals {
  return {
    cursor,
    send(nowUs) {
      if (environment.isPaused()) sender.skip(cursor.sender, nowUs, cursor.measured);
      else sender.send(cursor.sender, cursor.room, cursor.payload, cursor.intendedAtUs, nowUs, cursor.measured);
    },
  };
}

/** Some are sent by clients of other shards; all are known by their numbers in the plan. */
function shareArrivals({ sender, recorder, part, environment }: Sending, cursor: ScheduleCursor): Arrivals {
  const sendOwn = (nowUs: number) => {
    const { index, room, payload, intendedAtUs, measured } = cursor;
    if (!environment.isPaused()) return sender.send(cursor.sender, room, payload, intendedAtUs, nowUs, measured, index);
    sender.skip(cursor.sender, nowUs, measured);
    return null;
  };
  return {
    cursor,
    send(nowUs) {
      if (!cursor.isOwn) recorder.expect(foreignAt(cursor), nowUs);
      else if (sendOwn(nowUs) === null && part.isSplit(cursor.room)) recorder.unsent(cursor.index);
    },
  };
}

function foreignAt({ index, room, sender, intendedAtUs, measured }: ScheduleCursor): ForeignMessage {
  return { number: index, room, sender, intendedAtUs, measured };
}

/**
 * The run was ended. The others hear of it a little sooner or later, so that more of theirs may be on its way: it is expected until
 * they tell where they ended.
 */
function endShared({ recorder, startAtUs, environment }: Sending, cursor: ScheduleCursor): void {
  if (!cursor.valid) return;
  recorder.endSplit(cursor.index);
  const nowUs = environment.clock.nowUs() - startAtUs;
  do {
    if (cursor.intendedAtUs > nowUs + END_SKEW_US) return;
    if (!cursor.isOwn) recorder.expect(foreignAt(cursor), nowUs);
  } while (cursor.advance());
}

/** Within it all shards of a run hear that it is to end. */
const END_SKEW_US = 2_000_000;

function drive({ startAtUs, sender, environment }: Sending, arrivals: readonly Arrivals[]): Promise<void> {
  const { clock, wakeUp, signal } = environment;
  return driveArrivals({ arrivals, clock, wakeUp, startAtUs, signal, flush: sender.flush });
}

/** Settles at this time, or when the signal aborts. */
function sleepUntil(clock: Clock, atUs: number, signal: AbortSignal): Promise<void> {
  const restUs = atUs - clock.nowUs();
  if (restUs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(restUs, finish);
    signal.addEventListener('abort', finish);
  });
}

/** A message's intended time is the time it is sent: in a closed loop there is no other. What goes on beside it has its own. */
async function sendClosedLoop(sending: Sending): Promise<void> {
  const { shard, layout, startAtUs, sender, recorder, traffic, journeys, environment } = sending;
  const { load, phases } = shard.plan;
  const drawPayload = drawPayloads(load, shard.plan.seed);
  let sent = 0;
  const background = traffic === null ? null : drive(sending, [traffic.arrivals]);
  const send = (client: number, nowUs: number, measured: boolean) => {
    if (environment.hasLease?.() === false) return null;
    const sequence = sender.send(client, layout.roomOf(client), drawPayload(sent++), nowUs, nowUs, measured);
    sender.flush();
    return sequence;
  };
  if (journeys) {
    await journeys.run(startAtUs, send);
    await background;
    return;
  }
  await driveClosedLoop({
    clock: environment.clock,
    startAtUs,
    warmupEndUs: phases.warmupUs,
    measureEndUs: phases.warmupUs + phases.measureUs,
    thinkTimeUs: load.thinkTimeUs,
    timeoutUs: environment.deliveryTimeoutUs,
    senders: listSenders(shard, layout),
    send,
    readinessOf: sender.readinessOf,
    onComplete(listener) {
      recorder.onComplete = listener;
    },
    signal: environment.signal,
  });
  await background;
}
