import type { Clock } from '../clock.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import { openSchedule, type ScheduleCursor } from '../plan/schedule.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { createMarker, MarkerReader } from '../record/marker.ts';
import { Recorder } from '../record/recorder.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import { connectClients } from './connect-clients.ts';
import type { Connector } from './connection.ts';
import { drain } from './drain.ts';
import { type Drive, driveArrivals } from './drive-arrivals.ts';
import { type HealthObserver, observeHealth } from './observe-health.ts';
import { VirtualClient } from './virtual-client.ts';
import type { WakeUp } from './wake-up.ts';

export interface ShardEnvironment {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly wakeUp: WakeUp;
  /** Endpoint of each client of the plan. */
  endpointOf(client: number): string;
  readonly connectTimeoutUs: number;
  readonly deliveryTimeoutUs: number;
  readonly connectConcurrency: number;
  /** Aborted: no further arrivals, a short drain, and the report of what there is. */
  readonly signal: AbortSignal;
  /** All attempts to connect are over; settles with the run's start on the clock, or null to give up. */
  awaitStart(connections: ConnectionCounts): Promise<number | null>;
  onInterval(interval: RawInterval): void;
}

/** Shard → report: connects, sends its part of the schedule, waits for what is in flight, and closes the books. */
export async function runShard(shard: Shard, environment: ShardEnvironment): Promise<ShardReport | null> {
  const { plan } = shard;
  const { protocol, clock, signal } = environment;
  const layout = layOutRooms(plan);
  const recorder = new Recorder(
    { rooms: layout, senderReceives: protocol.senderReceives, expectsAck: protocol.acknowledges },
    environment.deliveryTimeoutUs,
    environment.onInterval,
  );
  const health = observeHealth();
  const clients = createClients(shard, layout, environment);
  const receive = createReceiver(shard, protocol, recorder);
  let startAtUs = clock.nowUs();
  const connected = await connectClients([...clients.values()], {
    protocol,
    connector: environment.connector,
    clock,
    timeoutUs: environment.connectTimeoutUs,
    concurrency: environment.connectConcurrency,
    signal,
    onFrame: (client, frame) => receive(client.identity.client, frame, clock.nowUs() - startAtUs),
    onDropped: (client) => {
      client.connection = null;
    },
  });

  const start = await environment.awaitStart({ ...connected.counts });
  if (start === null) {
    for (const client of clients.values()) client.connection?.close();
    return null;
  }
  startAtUs = start;

  health.start();
  const cursor = openSchedule(shard);
  const sender = createSender(cursor, clients, recorder, health);
  await driveArrivals({ cursor, clock, wakeUp: environment.wakeUp, startAtUs, signal, ...sender });
  health.stop();

  const drainEndUs = await drain(recorder, clock, startAtUs, plan.phases.drainTimeoutUs, signal);
  for (const client of clients.values()) client.connection?.close();
  const recording = recorder.finish(clock.nowUs() - startAtUs);
  return {
    ...recording,
    histograms: { ...recording.histograms, connect: connected.latency.snapshot() },
    connections: { ...connected.counts },
    intervals: [],
    health: [health.report(shard.index)],
    drainEndUs,
  };
}

function createClients(
  shard: Shard,
  layout: PlanLayout,
  environment: ShardEnvironment,
): ReadonlyMap<number, VirtualClient> {
  const { plan, index, count } = shard;
  const marker = createMarker(plan.runId, index);
  const payloadBytes = plan.load.payloads.map(({ bytes }) => bytes);
  const clients = new Map<number, VirtualClient>();
  for (let room = index; room < plan.rooms; room += count) {
    const first = layout.firstClientOf(room);
    for (let client = first; client < first + layout.sizeOf(room); client++) {
      const identity = { client, room, endpoint: environment.endpointOf(client) };
      clients.set(client, new VirtualClient(identity, environment.protocol, marker, payloadBytes));
    }
  }
  return clients;
}

/** The sending side: the message at the cursor joins its sender's tick; `flush` writes each sender's tick at once. */
function createSender(
  cursor: ScheduleCursor,
  clients: ReadonlyMap<number, VirtualClient>,
  recorder: Recorder,
  health: HealthObserver,
): Pick<Drive, 'send' | 'flush'> {
  const touched: VirtualClient[] = [];
  return {
    send(nowUs) {
      const client = clients.get(cursor.sender)!;
      if (!client.canSend) return recorder.skip(nowUs, cursor.measured);
      const sequence = recorder.send(cursor.room, cursor.sender, cursor.intendedAtUs, nowUs, cursor.measured);
      if (client.queue(sequence, cursor.payload)) touched.push(client);
    },
    flush() {
      for (const client of touched) health.noteBuffered(client.flush());
      touched.length = 0;
    },
  };
}

/** The receiving side: frame → marker → ledger. Frames without this run's marker are none of its business. */
function createReceiver(shard: Shard, protocol: ChatProtocol, recorder: Recorder) {
  const marker = new MarkerReader(shard.plan.runId);
  return (client: number, frame: Buffer, nowUs: number): void => {
    if (!marker.read(frame)) return;
    switch (protocol.classify(frame)) {
      case 'message':
        if (marker.shard === shard.index) recorder.deliver(marker.sequence, marker.room, client, nowUs);
        else recorder.ledger.misroute(marker.room, client, marker.sequence);
        break;
      case 'ack':
        recorder.acknowledge(marker.sequence, nowUs);
        break;
      case 'error':
        recorder.ledger.reject(marker.sequence);
        break;
      default:
        break;
    }
  };
}
