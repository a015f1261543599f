import type { Clock } from '../clock.ts';
import { drawPayloads } from '../plan/draw-payloads.ts';
import { listSenders } from '../plan/list-senders.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import { openSchedule } from '../plan/schedule.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { createMarker, MarkerReader } from '../record/marker.ts';
import { Recorder } from '../record/recorder.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import { beatHearts } from './beat-hearts.ts';
import { breakDownByGateway, breakDownByRoomSize } from './break-down.ts';
import { connectClients } from './connect-clients.ts';
import type { Connector } from './connection.ts';
import { drain } from './drain.ts';
import { driveArrivals } from './drive-arrivals.ts';
import { driveClosedLoop } from './drive-closed-loop.ts';
import { createHttpConnector } from './http-connector.ts';
import { createHttpSender } from './http-sender.ts';
import { type HealthObserver, observeHealth } from './observe-health.ts';
import { VirtualClient } from './virtual-client.ts';
import type { WakeUp } from './wake-up.ts';

export interface ShardEnvironment {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly wakeUp: WakeUp;
  /** Endpoint of each client of the plan, and how many different ones there are. */
  readonly endpointOf: (client: number) => string;
  readonly endpoints: number;
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
  const recorder = createRecorder(shard, layout, environment);
  const health = observeHealth();
  const clients = createClients(shard, layout, environment);
  const receive = createReceiver(shard, protocol, recorder);
  let startAtUs = clock.nowUs();
  const requests = sendsByHttp(shard, environment) ? createHttpSender(environment.deliveryTimeoutUs) : null;
  const stopHearts = protocol.heartbeat ? beatHearts([...clients.values()], protocol.heartbeat, clock) : () => {};
  const connected = await connectClients([...clients.values()], {
    protocol,
    connector:
      requests === null
        ? environment.connector
        : createHttpConnector(environment.connector, requests, (sequence, isTaken) => {
            if (isTaken) recorder.acknowledge(sequence, clock.nowUs() - startAtUs);
            else recorder.ledger.reject(sequence);
          }),
    clock,
    timeoutUs: environment.connectTimeoutUs,
    concurrency: environment.connectConcurrency,
    signal,
    onFrame: (client, frame) => receive(client, frame, clock.nowUs() - startAtUs),
    onDropped: (client) => {
      client.connection = null;
    },
  });

  const start = await environment.awaitStart({ ...connected.counts });
  const leave = () => {
    stopHearts();
    for (const client of clients.values()) client.connection?.close();
    void requests?.close();
  };
  if (start === null) {
    leave();
    return null;
  }
  startAtUs = start;

  health.start();
  const sender = createSender(clients, recorder, health);
  if (plan.load.loop === 'open') await sendOpenLoop(shard, startAtUs, sender, environment);
  else await sendClosedLoop(shard, layout, startAtUs, sender, recorder, environment);
  health.stop();

  const drainEndUs = await drain(recorder.ledger, clock, startAtUs, plan.phases.drainTimeoutUs, signal);
  leave();
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

function sendOpenLoop(shard: Shard, startAtUs: number, sender: Sender, environment: ShardEnvironment): Promise<void> {
  const { clock, wakeUp, signal } = environment;
  const cursor = openSchedule(shard);
  return driveArrivals({
    cursor,
    clock,
    wakeUp,
    startAtUs,
    signal,
    send: (nowUs) =>
      sender.send(cursor.sender, cursor.room, cursor.payload, cursor.intendedAtUs, nowUs, cursor.measured),
    flush: sender.flush,
  });
}

/** A message's intended time is the time it is sent: in a closed loop there is no other. */
function sendClosedLoop(
  shard: Shard,
  layout: PlanLayout,
  startAtUs: number,
  sender: Sender,
  recorder: Recorder,
  environment: ShardEnvironment,
): Promise<void> {
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
      const isSent = sender.send(client, layout.roomOf(client), drawPayload(sent++), nowUs, nowUs, measured);
      sender.flush();
      return isSent;
    },
    onComplete(listener) {
      recorder.onComplete = listener;
    },
    signal: environment.signal,
  });
}

function createRecorder(shard: Shard, rooms: PlanLayout, environment: ShardEnvironment): Recorder {
  const { protocol, endpointOf, endpoints } = environment;
  return new Recorder(
    { rooms, senderReceives: protocol.senderReceives, expectsAck: protocol.acknowledges },
    environment.deliveryTimeoutUs,
    environment.onInterval,
    [...breakDownByGateway(endpointOf, endpoints), ...breakDownByRoomSize(shard.plan.roomClasses, rooms)],
  );
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

interface Sender {
  /** Adds the message to its sender's tick; false where it has to be skipped. */
  send(client: number, room: number, payload: number, intendedAtUs: number, nowUs: number, measured: boolean): boolean;
  /** Writes each sender's tick at once. */
  flush(): void;
}

function createSender(clients: ReadonlyMap<number, VirtualClient>, recorder: Recorder, health: HealthObserver): Sender {
  const touched: VirtualClient[] = [];
  return {
    send(number, room, payload, intendedAtUs, nowUs, measured) {
      const client = clients.get(number)!;
      if (!client.canSend) {
        recorder.skip(nowUs, measured);
        return false;
      }
      const sequence = recorder.send(room, number, intendedAtUs, nowUs, measured);
      if (client.queue(sequence, payload)) touched.push(client);
      return true;
    },
    flush() {
      for (const client of touched) health.noteBuffered(client.flush());
      touched.length = 0;
    },
  };
}

/** The receiving side: frame → marker → ledger. */
function createReceiver(shard: Shard, protocol: ChatProtocol, recorder: Recorder) {
  const marker = new MarkerReader(shard.plan.runId);
  return (client: VirtualClient, frame: Buffer, nowUs: number): void => {
    if (!marker.read(frame)) {
      receiveUnmarked(client, frame, nowUs, protocol, recorder);
      return;
    }
    switch (protocol.classify(frame)) {
      case 'message':
        if (marker.shard === shard.index) {
          recorder.deliver(marker.sequence, marker.room, client.identity.client, nowUs);
        } else {
          recorder.ledger.misroute(marker.room, client.identity.client, marker.sequence);
        }
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

/** A server's heartbeat, an acknowledgement by number, or none of the generator's business. */
function receiveUnmarked(
  client: VirtualClient,
  frame: Buffer,
  nowUs: number,
  protocol: ChatProtocol,
  recorder: Recorder,
): void {
  const sequence = protocol.readSequence?.(frame) ?? -1;
  if (sequence >= 0) {
    recorder.acknowledge(sequence, nowUs);
    return;
  }
  const answer = protocol.answer?.(frame) ?? null;
  if (answer !== null) client.connection?.sendText(answer);
}

/** The same for all clients and messages of a protocol, so that one template tells. */
function sendsByHttp(shard: Shard, { protocol, endpointOf }: ShardEnvironment): boolean {
  const { runId, load } = shard.plan;
  const client = { client: 0, room: 0, endpoint: endpointOf(0) };
  const marker = createMarker(runId, shard.index);
  return protocol.encodeSend(client, marker, load.payloads[0]!.bytes).request !== undefined;
}
