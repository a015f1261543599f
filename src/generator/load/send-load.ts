import type { Clock } from '../../clock.ts';
import { drawPayloads } from '../../plan/draw-payloads.ts';
import { listSenders } from '../../plan/list-senders.ts';
import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { openSchedule } from '../../plan/schedule.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { Sender } from './create-sender.ts';
import type { Traffic } from './create-traffic.ts';
import { type Arrivals, driveArrivals } from './drive-arrivals.ts';
import { driveClosedLoop } from './drive-closed-loop.ts';

export interface Sending {
  readonly shard: Shard;
  readonly layout: PlanLayout;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly sender: Sender;
  readonly recorder: Recorder;
  /** Null: nothing is done beside sending. */
  readonly traffic: Traffic | null;
  readonly environment: ShardEnvironment;
}

/** Plays the shard's part of the plan. Settles when measure is over and the last of it out, or the signal aborts. */
export function sendLoad(sending: Sending): Promise<void> {
  return sending.shard.plan.load.loop === 'open' ? sendOpenLoop(sending) : sendClosedLoop(sending);
}

async function sendOpenLoop(sending: Sending): Promise<void> {
  const { shard, startAtUs, sender, traffic, environment } = sending;
  const { clock, signal } = environment;
  const cursor = openSchedule(shard);
  const messages: Arrivals = {
    cursor,
    send(nowUs) {
      if (environment.isPaused()) sender.skip(cursor.sender, nowUs, cursor.measured);
      else sender.send(cursor.sender, cursor.room, cursor.payload, cursor.intendedAtUs, nowUs, cursor.measured);
    },
  };
  await drive(sending, traffic === null ? [messages] : [messages, traffic.arrivals]);
  // The last message may be due long before: measure goes on for those who watch the queue run empty in a stage of 0/s.
  const { warmupUs, measureUs } = shard.plan.phases;
  await sleepUntil(clock, startAtUs + warmupUs + measureUs, signal);
}

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
  const { shard, layout, startAtUs, sender, recorder, traffic, environment } = sending;
  const { load, phases } = shard.plan;
  const drawPayload = drawPayloads(load.payloads, shard.plan.seed);
  let sent = 0;
  const background = traffic === null ? null : drive(sending, [traffic.arrivals]);
  await driveClosedLoop({
    clock: environment.clock,
    startAtUs,
    warmupEndUs: phases.warmupUs,
    measureEndUs: phases.warmupUs + phases.measureUs,
    thinkTimeUs: load.thinkTimeUs,
    timeoutUs: environment.deliveryTimeoutUs,
    senders: listSenders(shard, layout),
    send(client, nowUs, measured) {
      if (environment.hasLease?.() === false) return null;
      const sequence = sender.send(client, layout.roomOf(client), drawPayload(sent++), nowUs, nowUs, measured);
      sender.flush();
      return sequence;
    },
    readinessOf: sender.readinessOf,
    onComplete(listener) {
      recorder.onComplete = listener;
    },
    signal: environment.signal,
  });
  await background;
}
