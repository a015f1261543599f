import type { Clock } from '../../clock.ts';
import { drawPayloads } from '../../plan/draw-payloads.ts';
import { listSenders } from '../../plan/list-senders.ts';
import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { openSchedule } from '../../plan/schedule.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { Sender } from './create-sender.ts';
import { driveArrivals } from './drive-arrivals.ts';
import { driveClosedLoop } from './drive-closed-loop.ts';

export interface Sending {
  readonly shard: Shard;
  readonly layout: PlanLayout;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly sender: Sender;
  readonly recorder: Recorder;
  readonly environment: ShardEnvironment;
}

/** Sends the shard's part of the plan. Settles when measure is over and the last message out, or the signal aborts. */
export function sendLoad(sending: Sending): Promise<void> {
  return sending.shard.plan.load.loop === 'open' ? sendOpenLoop(sending) : sendClosedLoop(sending);
}

async function sendOpenLoop({ shard, startAtUs, sender, environment }: Sending): Promise<void> {
  const { clock, wakeUp, signal } = environment;
  const cursor = openSchedule(shard);
  await driveArrivals({
    cursor,
    clock,
    wakeUp,
    startAtUs,
    signal,
    send(nowUs) {
      if (environment.isPaused()) sender.skip(nowUs, cursor.measured);
      else sender.send(cursor.sender, cursor.room, cursor.payload, cursor.intendedAtUs, nowUs, cursor.measured);
    },
    flush: sender.flush,
  });
  // The last message may be due long before: measure goes on for those who watch the queue run empty in a stage of 0/s.
  const { warmupUs, measureUs } = shard.plan.phases;
  await reach(clock, startAtUs + warmupUs + measureUs, signal);
}

/** Settles at this time, or when the signal aborts. */
function reach(clock: Clock, atUs: number, signal: AbortSignal): Promise<void> {
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

/** A message's intended time is the time it is sent: in a closed loop there is no other. */
function sendClosedLoop({ shard, layout, startAtUs, sender, recorder, environment }: Sending): Promise<void> {
  const { load, phases } = shard.plan;
  const drawPayload = drawPayloads(load.payloads, shard.plan.seed);
  let sent = 0;
  return driveClosedLoop({
    clock: environment.clock,
    startAtUs,
    warmupEndUs: phases.warmupUs,
    measureEndUs: phases.warmupUs + phases.measureUs,
    thinkTimeUs: load.thinkTimeUs,
    timeoutUs: environment.deliveryTimeoutUs,
    senders: listSenders(shard, layout),
    send(client, nowUs, measured) {
      const sequence = sender.send(client, layout.roomOf(client), drawPayload(sent++), nowUs, nowUs, measured);
      sender.flush();
      return sequence;
    },
    onComplete(listener) {
      recorder.onComplete = listener;
    },
    signal: environment.signal,
  });
}
