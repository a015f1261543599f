import type { Clock } from '../clock.ts';
import { drawPayloads } from '../plan/draw-payloads.ts';
import { listSenders } from '../plan/list-senders.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import { openSchedule } from '../plan/schedule.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import { Histogram } from '../record/histogram.ts';
import { HopRecorder, type HopRecorders } from '../record/hops.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { LimiterAudit } from '../record/limiter-audit.ts';
import { createMarker } from '../record/marker.ts';
import { PostRecorder } from '../record/post-recorder.ts';
import { type Observers, Recorder } from '../record/recorder.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { RateLimitRequest, Reconnect, Spread } from '../scenario/scenario.ts';
import { beatHearts } from './beat-hearts.ts';
import { breakDownByGateway, breakDownByRoomSize, breakDownByStall } from './break-down.ts';
import { ClientMemory } from './client-memory.ts';
import { connectClients, countNoConnections } from './connect-clients.ts';
import type { Connector } from './connection.ts';
import { createReceiver } from './create-receiver.ts';
import { createRecovery } from './create-recovery.ts';
import { disturbClients } from './disturb-clients.ts';
import { drain } from './drain.ts';
import { driveArrivals } from './drive-arrivals.ts';
import { driveClosedLoop } from './drive-closed-loop.ts';
import { createHttpConnector } from './http-connector.ts';
import { createHttpSender } from './http-sender.ts';
import { type HealthObserver, observeHealth } from './observe-health.ts';
import { type ClientSpread, spreadClients } from './spread-clients.ts';
import type { FetchText } from './sync-rooms.ts';
import { VirtualClient } from './virtual-client.ts';
import type { WakeUp } from './wake-up.ts';

export interface ShardEnvironment {
  readonly protocol: ChatProtocol;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly wakeUp: WakeUp;
  /** ws:// or wss:// addresses over which the clients are spread. */
  readonly endpoints: readonly string[];
  readonly spread: Spread;
  /** Null: a client whose connection is dropped stays away. */
  readonly reconnect: Reconnect | null;
  /** What the target promises to limit its users to; null: nothing. */
  readonly rateLimit: RateLimitRequest | null;
  readonly fetchText: FetchText;
  readonly connectTimeoutUs: number;
  readonly deliveryTimeoutUs: number;
  readonly connectConcurrency: number;
  /** Aborted: no further arrivals, a short drain, and the report of what there is. */
  readonly signal: AbortSignal;
  /** Arrivals are paused: what falls due is skipped. Of an open loop; a closed one goes on. */
  isPaused(): boolean;
  /** An attempt to connect is over: how many were opened by now. */
  onConnecting?(opened: number): void;
  /** All attempts to connect are over; settles with the run's start on the clock, or null to give up. */
  awaitStart(connections: ConnectionCounts): Promise<number | null>;
  onInterval(interval: RawInterval): void;
}

/** Shard → report: connects, sends its part of the schedule, waits for what is in flight, and closes the books. */
export async function runShard(shard: Shard, environment: ShardEnvironment): Promise<ShardReport | null> {
  const { plan } = shard;
  const { protocol, clock, signal } = environment;
  const layout = layOutRooms(plan);
  const spread = spreadClients(environment.spread, plan.clients, environment.endpoints.length, plan.seed, clock);
  const hops = createHopRecorders(shard, protocol);
  const limiter = createLimiterAudit(environment);
  const isHttp = sendsByHttp(shard, environment);
  const posts = isHttp ? new PostRecorder() : null;
  const recorder = createRecorder(shard, layout, spread, { hops, limiter, posts }, environment);
  const health = observeHealth();
  const clients = createClients(shard, layout, recorder, environment);
  const counts = countNoConnections(environment.endpoints);
  let startAtUs = clock.nowUs();
  const requests = isHttp ? createHttpSender(environment.deliveryTimeoutUs) : null;
  const stopHearts = protocol.heartbeat ? beatHearts([...clients.values()], protocol.heartbeat, clock) : () => {};
  const receiver = createReceiver(shard, protocol, recorder, () => clock.nowUs() - startAtUs);
  const opening = {
    protocol,
    connector:
      requests === null
        ? environment.connector
        : createHttpConnector(environment.connector, requests, (sequence, outcome, code) => {
            if (outcome === 'taken') recorder.acknowledge(sequence, clock.nowUs() - startAtUs, null);
            else if (outcome === 'limited') recorder.limit(sequence, code);
            else recorder.reject(sequence, code);
          }),
    clock,
    timeoutUs: environment.connectTimeoutUs,
    spread,
    endpoints: environment.endpoints,
    onFrame: receiver.receive,
    onDropped(client: VirtualClient) {
      client.connection = null;
      counts.dropped++;
      spread.closed(spread.endpointOf(client.identity.client));
      recovery?.onDropped(client);
    },
  };
  const recovery =
    environment.reconnect === null
      ? null
      : createRecovery(environment.reconnect, shard, clients, {
          ...environment,
          opening,
          counts,
          recorder,
          receiver,
          runUs: () => clock.nowUs() - startAtUs,
        });
  const latency = await connectClients([...clients.values()], {
    ...opening,
    counts,
    concurrency: environment.connectConcurrency,
    perSecond: plan.connectPerSecond,
    onOutcome: () => environment.onConnecting?.(counts.opened),
    signal,
  });

  const start = await environment.awaitStart({ ...counts });
  const leave = () => {
    recovery?.stop();
    stopHearts();
    for (const client of clients.values()) client.connection?.close();
    void requests?.close();
  };
  if (start === null) {
    leave();
    return null;
  }
  startAtUs = start;
  if (limiter !== null) limiter.epochUs = Date.now() * 1000 - (clock.nowUs() - startAtUs);
  for (const way of hops === null ? [] : [hops.delivery, hops.ack]) way.originUs = startAtUs;

  const stopFaults = disturbClients(shard, clients, {
    clock,
    startAtUs,
    counts,
    spread,
    signal,
    bringBackAfter: (client, awayUs) => recovery?.bringBackAfter(client, awayUs),
  });

  health.start();
  const sender = createSender(clients, recorder, health);
  if (plan.load.loop === 'open') await sendOpenLoop(shard, startAtUs, sender, environment);
  else await sendClosedLoop(shard, layout, startAtUs, sender, recorder, environment);
  health.stop();

  recovery?.fetchOverdue();
  const drainEndUs = await drain(recorder.ledger, clock, startAtUs, plan.phases.drainTimeoutUs, signal);
  stopFaults();
  leave();
  const recording = recorder.finish(clock.nowUs() - startAtUs);
  return {
    ...recording,
    histograms: {
      ...recording.histograms,
      connect: latency.snapshot(),
      reconnect: (recovery?.latency ?? new Histogram()).snapshot(),
    },
    connections: { ...counts, reached: countReached(clients) },
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
    send(nowUs) {
      if (environment.isPaused()) sender.skip(nowUs, cursor.measured);
      else sender.send(cursor.sender, cursor.room, cursor.payload, cursor.intendedAtUs, nowUs, cursor.measured);
    },
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

/** At most about so many messages a second of a shard have their hops recorded: half a percent of a core. */
const HOPS_PER_SECOND = 10_000;

function createHopRecorders({ plan, count }: Shard, { hops = null }: ChatProtocol): HopRecorders | null {
  if (hops === null) return null;
  const messages = Math.max(...plan.load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond])) / count;
  const rooms = plan.roomClasses.reduce((sum, room) => sum + room.count, 0);
  const recipients = plan.roomClasses.reduce((sum, room) => sum + room.count * room.size, 0) / rooms;
  const every = Math.max(1, Math.ceil((messages * recipients) / HOPS_PER_SECOND));
  return { delivery: new HopRecorder(hops, 'delivery', every), ack: new HopRecorder(hops, 'ack', every) };
}

function createRecorder(
  shard: Shard,
  rooms: PlanLayout,
  { endpointOf }: ClientSpread,
  { hops, ...observers }: Observers & { readonly hops: HopRecorders | null },
  environment: ShardEnvironment,
): Recorder {
  const { protocol, endpoints } = environment;
  return new Recorder(
    {
      rooms,
      senderReceives: protocol.senderReceives,
      expectsAck: protocol.acknowledges,
      retriesRefused: environment.reconnect !== null,
    },
    environment.deliveryTimeoutUs,
    environment.onInterval,
    [
      ...breakDownByGateway(endpointOf, endpoints.length),
      ...breakDownByRoomSize(shard.plan.roomClasses, rooms),
      ...breakDownByStall(shard.plan),
    ],
    hops,
    observers,
  );
}

/** What is not acknowledged cannot be told from what is refused in silence. */
function createLimiterAudit({ rateLimit, protocol }: ShardEnvironment): LimiterAudit | null {
  return rateLimit === null || !protocol.acknowledges ? null : new LimiterAudit(rateLimit);
}

function createClients(
  shard: Shard,
  layout: PlanLayout,
  { ledger }: Recorder,
  environment: ShardEnvironment,
): ReadonlyMap<number, VirtualClient> {
  const { plan, index, count } = shard;
  const { protocol, reconnect } = environment;
  const isAwaited = protocol.acknowledges ? (sequence: number) => ledger.isAwaitingAck(sequence) : null;
  const marker = createMarker(plan.runId, index);
  const payloadBytes = plan.load.payloads.map(({ bytes }) => bytes);
  const clients = new Map<number, VirtualClient>();
  for (let room = index; room < plan.rooms; room += count) {
    const members = { first: layout.firstClientOf(room), count: layout.sizeOf(room) };
    for (let client = members.first; client < members.first + members.count; client++) {
      const memory = reconnect === null ? null : new ClientMemory(isAwaited);
      const identity = { client, room, endpoint: environment.endpoints[0]!, members };
      clients.set(client, new VirtualClient(identity, protocol, marker, payloadBytes, memory));
    }
  }
  return clients;
}

function countReached(clients: ReadonlyMap<number, VirtualClient>): number {
  let reached = 0;
  for (const { hasJoined, hasReceived } of clients.values()) if (hasJoined && hasReceived) reached++;
  return reached;
}

interface Sender {
  /** Adds the message to its sender's tick; false where it has to be skipped. */
  send(client: number, room: number, payload: number, intendedAtUs: number, nowUs: number, measured: boolean): boolean;
  /** Leaves out a message that is due. */
  skip(nowUs: number, measured: boolean): void;
  /** Writes each sender's tick at once. */
  flush(): void;
}

function createSender(clients: ReadonlyMap<number, VirtualClient>, recorder: Recorder, health: HealthObserver): Sender {
  const touched: VirtualClient[] = [];
  return {
    send(number, room, payload, intendedAtUs, nowUs, measured) {
      const client = clients.get(number)!;
      if (client.canHold) {
        client.memory?.hold(recorder.hold(room, number, intendedAtUs, nowUs, measured), payload);
        return true;
      }
      if (!client.canSend) {
        recorder.skip(nowUs, measured);
        return false;
      }
      const sequence = recorder.send(room, number, intendedAtUs, nowUs, measured);
      if (client.queue(sequence, payload)) touched.push(client);
      return true;
    },
    skip: (nowUs, measured) => recorder.skip(nowUs, measured),
    flush() {
      for (const client of touched) health.noteBuffered(client.flush());
      touched.length = 0;
    },
  };
}

/** The same for all clients and messages of a protocol, so that one template tells. */
function sendsByHttp({ plan, index }: Shard, { protocol, endpoints }: ShardEnvironment): boolean {
  const client = { client: 0, room: 0, endpoint: endpoints[0]! };
  return (
    protocol.encodeSend(client, createMarker(plan.runId, index), plan.load.payloads[0]!.bytes).request !== undefined
  );
}
