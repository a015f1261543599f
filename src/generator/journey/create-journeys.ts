import { listSenders } from '../../plan/list-senders.ts';
import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import type { MutableConnectionCounts } from '../../record/connection-counts.ts';
import type { SparseHistogram } from '../../record/histogram.ts';
import { JourneyRecorder } from '../../record/journey-recorder.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { JourneyReport } from '../../record/samples.ts';
import { leaveRoom } from '../clients/leave-room.ts';
import type { ClientSpread } from '../clients/spread-clients.ts';
import type { VirtualClient } from '../clients/virtual-client.ts';
import type { Sender } from '../load/create-sender.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { LoopStops } from '../watch-loop.ts';
import { ClientJourney } from './client-journey.ts';

/** The journeys of a shard's clients: a closed loop, whose sends are as fast as the journeys come round. */
export interface Journeys {
  /** A client was sent a frame. */
  notice(client: VirtualClient, frame: Buffer): void;
  /**
   * Begins them all at the run's start. Settles when measure is over or the signal aborts.
   *
   * @param send yields the sequence of one message from this seat; null where it cannot be sent
   */
  run(startAtUs: number, send: (seat: number, nowUs: number, measured: boolean) => number | null): Promise<void>;
  report(): JourneyReport<SparseHistogram>;
}

export interface JourneyParts {
  readonly clients: ReadonlyMap<number, VirtualClient>;
  readonly layout: PlanLayout;
  readonly counts: MutableConnectionCounts;
  readonly spread: ClientSpread;
  readonly recorder: Recorder;
  readonly sender: Sender;
  readonly loop: LoopStops;
  /** Settles when the client is back, or will not be. */
  bringBack(client: VirtualClient): Promise<void>;
}

/** Null where the plan has none. */
export function createJourneys(
  shard: Shard,
  parts: JourneyParts,
  { journey = null, clock, requestHttp, deliveryTimeoutUs, reconnect, signal }: ShardEnvironment,
): Journeys | null {
  if (journey === null) return null;
  const { warmupUs, measureUs } = shard.plan.phases;
  const { layout } = parts;
  const recorder = new JourneyRecorder();
  const journeys = new Map<number, ClientJourney>();
  let startAtUs = Number.POSITIVE_INFINITY;
  let sendNow: Parameters<Journeys['run']>[1] = () => null;
  let isOver = false;
  const nowUs = () => clock.nowUs() - startAtUs;
  const stage = {
    clock,
    seed: shard.plan.seed,
    recorder,
    requestHttp,
    timeoutUs: deliveryTimeoutUs,
    isOn: () => !isOver,
    isMeasured: () => nowUs() >= warmupUs,
    stoodStillUs: (sinceUs: number) => parts.loop.stoodStillUs(sinceUs),
    send: (seat: number) => sendNow(seat, nowUs(), nowUs() >= warmupUs),
    readinessOf: parts.sender.readinessOf,
    isAwaited: (sequence: number) => parts.recorder.ledger.isAwaited(sequence),
    leave(client: VirtualClient) {
      if (reconnect === null) throw new Error('client.leave: expected `reconnect: on`, so that it can join again');
      if (!leaveRoom(client, nowUs(), parts.recorder.ledger, parts.spread)) return false;
      for (const { room } of client.seats) reviewIn(room);
      return true;
    },
    async comeBack(client: VirtualClient) {
      parts.counts.left++;
      await parts.bringBack(client);
    },
  };

  /** Nobody else waits for what is sent in a room. */
  function reviewIn(room: number): void {
    const first = layout.firstSeatOf(room);
    for (let seat = first; seat < first + layout.sizeOf(room); seat++) journeys.get(layout.clientOf(seat))?.review();
  }

  function begin(resolve: () => void): void {
    const seats = listSenders(shard, layout);
    for (const number of new Set(seats.map((seat) => layout.clientOf(seat)))) {
      const one = new ClientJourney(parts.clients.get(number)!, stage);
      journeys.set(number, one);
      void one.run(journey!);
    }
    clock.after(startAtUs + warmupUs + measureUs - clock.nowUs(), resolve);
    signal.addEventListener('abort', resolve, { once: true });
  }

  return {
    notice: ({ identity }, frame) => journeys.get(identity.client)?.notice(frame),
    async run(atUs, send) {
      startAtUs = atUs;
      sendNow = send;
      parts.recorder.onComplete = (sender, sequence) => journeys.get(layout.clientOf(sender))?.complete(sequence);
      // Timers fire early at times, and what is sent before 0 would count as warm-up even where there is none.
      while (clock.nowUs() < startAtUs && !signal.aborted) {
        await new Promise<void>((resolve) => clock.after(startAtUs - clock.nowUs(), resolve));
      }
      if (!signal.aborted) await new Promise<void>(begin);
      isOver = true;
    },
    report: () => recorder.report(),
  };
}
