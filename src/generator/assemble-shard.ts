import { assignGroups } from '../plan/assign-groups.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import type { RunPlan, Shard } from '../plan/run-plan.ts';
import { layOutShard, type ShardPart } from '../plan/shard-part.ts';
import { countReason, type MutableConnectionCounts, zeroConnections } from '../record/connection-counts.ts';
import type { ClientGroups } from '../record/group-recorder.ts';
import { OwnedTimes } from '../record/own-share.ts';
import { createClients } from './clients/create-clients.ts';
import { createReceiver, type Receiver } from './clients/create-receiver.ts';
import { createRecovery, type Recovery } from './clients/create-recovery.ts';
import { type ClientSpread, spreadClients } from './clients/spread-clients.ts';
import type { VirtualClient } from './clients/virtual-client.ts';
import { createRecorder, type ShardRecorder } from './create-recorder.ts';
import { type HttpSending, openHttpSending, sendsByHttp } from './http/send-by-http.ts';
import { createJourneys, type Journeys } from './journey/create-journeys.ts';
import { createSender, type Sender } from './load/create-sender.ts';
import { createTraffic, type Traffic } from './load/create-traffic.ts';
import { combineLogins, createLogins, type Logins } from './login/log-in-clients.ts';
import { type HealthObserver, observeHealth } from './observe-health.ts';
import { RunClock } from './run-clock.ts';
import type { ShardEnvironment } from './shard-environment.ts';
import { type LoopWatch, watchLoop } from './watch-loop.ts';
import { layWires, type Wires } from './wires.ts';

/** What a shard works with from its first connect to its report. */
export interface ShardParts extends ShardRecorder {
  readonly shard: Shard;
  readonly environment: ShardEnvironment;
  readonly layout: PlanLayout;
  /** Of clients; null: all do the same. */
  readonly groups: ClientGroups | null;
  readonly part: ShardPart;
  readonly time: RunClock;
  readonly clients: ReadonlyMap<number, VirtualClient>;
  readonly spread: ClientSpread;
  readonly counts: MutableConnectionCounts;
  readonly health: HealthObserver;
  readonly loop: LoopWatch;
  readonly sender: Sender;
  readonly wires: Wires;
  /** By wire; null: messages go over its connections. */
  readonly http: readonly (HttpSending | null)[];
  /** Null: nothing is done beside sending. */
  readonly traffic: Traffic | null;
  /** Null: senders only send, and wait. */
  readonly journeys: Journeys | null;
  readonly logins: Logins;
  /** How clients connect, and what becomes of those that are dropped. */
  readonly recovery: Recovery;
}

/** Nothing is connected yet, and nothing runs. */
export function assembleShard(shard: Shard, environment: ShardEnvironment): ShardParts {
  const { plan } = shard;
  const { clock, endpoints } = environment;
  const layout = layOutRooms(plan);
  const part = layOutShard(shard, layout);
  const time = new RunClock(clock);
  const counts = zeroConnections(endpoints);
  const health = observeHealth(environment.cpuQuotas);
  const spread = spreadClients(environment.spread, plan.clients, endpoints.length, plan.seed, clock);
  const loop = watchLoop(clock, time);
  const groups = groupClients(plan);
  // What a journey waits for stands in the frames, also where markers alone are counted.
  const usual =
    environment.journey == null
      ? environment
      : { ...environment, protocol: { ...environment.protocol, isOpaque: false } };
  const wires = layWires(usual, environment.groupWires ?? [], groups);
  const isHttp = wires.all.map(({ protocol }) => sendsByHttp(shard, protocol, endpoints));
  const { recorder, tellStart, reportSlowest } = createRecorder(
    shard,
    layout,
    part,
    spread,
    isHttp.every(Boolean),
    loop,
    groups,
    wires,
    environment,
  );
  const { clients, seats } = createClients(shard, layout, part, recorder, wires, isHttp, groups, environment);
  const http = wires.all.map(({ connector }, wire) =>
    isHttp[wire] ? openHttpSending(connector, environment, recorder, time.nowUs) : null,
  );
  const sender = createSender(seats, recorder, health, time.nowUs);
  const traffic = createTraffic(shard, layout, part, seats, groups, environment, time.nowUs, loop.blockedUs);
  const receivers = wires.all.map(({ protocol }) =>
    createReceiver(shard, part, {
      protocol,
      recorder,
      runUs: time.nowUs,
      traffic,
      onUntold() {
        counts.untoldFrames++;
      },
    }),
  );
  const [receiver] = receivers as [Receiver];
  const wireOf = ({ identity }: VirtualClient) => wires.positionOf(identity.client);
  const logins = createAllLogins(wires, wireOf, environment, counts, loop);
  /** Journeys are told of a frame once it is counted. */
  const noticing = (receive: Receiver['receive']): Receiver['receive'] =>
    environment.journey == null
      ? receive
      : (client, frame) => {
          receive(client, frame);
          journeys?.notice(client, frame);
        };
  const ways = wires.all.map(({ protocol, connector }, wire) => ({
    protocol,
    connector: http[wire]?.connector ?? connector,
    onFrame: noticing(receivers[wire]!.receive),
  }));
  const opening = {
    ...ways[0]!,
    ...(ways.length === 1 ? {} : { wireOf: (client: VirtualClient) => ways[wireOf(client)]! }),
    clock,
    timeoutUs: environment.connectTimeoutUs,
    spread,
    endpoints,
    onDropped(client: VirtualClient, reason: string) {
      client.connection = null;
      client.isTurnedAway = true;
      counts.dropped++;
      countReason(counts.drops, reason);
      spread.closed(spread.endpointOf(client.identity.client));
    },
  };
  const recovery = createRecovery(environment.reconnect, shard, seats, {
    ...environment,
    opening,
    counts,
    loop,
    recorder,
    receiver,
    sender,
    logInAgain: logins.logInAgain,
    speaksUsual: (client) => wires.positionOf(client) === 0,
    runUs: time.nowUs,
  });
  const journeys = createJourneys(
    shard,
    {
      clients,
      layout,
      counts,
      spread,
      recorder,
      sender,
      loop,
      bringBack: (client) => recovery.bringBackAfter(client, 0),
    },
    environment,
  );
  return {
    shard,
    environment,
    layout,
    part,
    time,
    groups,
    wires,
    recorder,
    tellStart,
    reportSlowest,
    clients,
    spread,
    counts,
    health,
    loop,
    sender,
    http,
    traffic,
    journeys,
    logins,
    recovery,
  };
}

function createAllLogins(
  { all }: Wires,
  wireOf: (client: VirtualClient) => number,
  { requestHttp, clock }: ShardEnvironment,
  counts: MutableConnectionCounts,
  loop: LoopWatch,
): Logins {
  const latency = new OwnedTimes();
  const ways = all.map(({ protocol }) =>
    createLogins(protocol.login ?? null, requestHttp, clock, counts, loop, latency),
  );
  return ways.length === 1 ? ways[0]! : combineLogins(ways, latency, wireOf);
}

function groupClients(plan: RunPlan): ClientGroups | null {
  const assignment = assignGroups(plan);
  return assignment && { names: plan.groups.map(({ name }) => name), groupOf: assignment.groupOf };
}
