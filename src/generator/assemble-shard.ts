import { assignGroups } from '../plan/assign-groups.ts';
import { layOutRooms, type PlanLayout } from '../plan/room-layout.ts';
import type { RunPlan, Shard } from '../plan/run-plan.ts';
import { layOutShard, type ShardPart } from '../plan/shard-part.ts';
import { countReason, type MutableConnectionCounts, zeroConnections } from '../record/connection-counts.ts';
import type { ClientGroups } from '../record/group-recorder.ts';
import { createClients } from './clients/create-clients.ts';
import { createReceiver } from './clients/create-receiver.ts';
import { createRecovery, type Recovery } from './clients/create-recovery.ts';
import { type ClientSpread, spreadClients } from './clients/spread-clients.ts';
import type { VirtualClient } from './clients/virtual-client.ts';
import { createRecorder, type ShardRecorder } from './create-recorder.ts';
import { type HttpSending, openHttpSending, sendsByHttp } from './http/send-by-http.ts';
import { createJourneys, type Journeys } from './journey/create-journeys.ts';
import { createSender, type Sender } from './load/create-sender.ts';
import { createTraffic, type Traffic } from './load/create-traffic.ts';
import { createLogins, type Logins } from './login/log-in-clients.ts';
import { type HealthObserver, observeHealth } from './observe-health.ts';
import { RunClock } from './run-clock.ts';
import type { ShardEnvironment } from './shard-environment.ts';
import { type LoopWatch, watchLoop } from './watch-loop.ts';

/** What a shard works with from its first connect to its report. */
export interface ShardParts extends ShardRecorder {
  readonly shard: Shard;
  readonly environment: ShardEnvironment;
  readonly layout: PlanLayout;
  /** Null: all do the same. */
  readonly groups: ClientGroups | null;
  readonly part: ShardPart;
  readonly time: RunClock;
  readonly clients: ReadonlyMap<number, VirtualClient>;
  readonly spread: ClientSpread;
  readonly counts: MutableConnectionCounts;
  readonly health: HealthObserver;
  readonly loop: LoopWatch;
  readonly sender: Sender;
  /** Null: messages go by WebSocket. */
  readonly http: HttpSending | null;
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
  const { protocol, clock, endpoints } = environment;
  const layout = layOutRooms(plan);
  const part = layOutShard(shard, layout);
  const time = new RunClock(clock);
  const counts = zeroConnections(endpoints);
  const health = observeHealth(environment.cpuQuotas);
  const spread = spreadClients(environment.spread, plan.clients, endpoints.length, plan.seed, clock);
  const isHttp = sendsByHttp(shard, environment);
  const loop = watchLoop(clock, time);
  const groups = groupClients(plan);
  const { recorder, tellStart, reportSlowest } = createRecorder(
    shard,
    layout,
    part,
    spread,
    isHttp,
    loop,
    groups,
    environment,
  );
  const clients = createClients(shard, layout, part, recorder, isHttp, groups, environment);
  const http = isHttp ? openHttpSending(environment, recorder, time.nowUs) : null;
  const sender = createSender(clients, recorder, health, time.nowUs);
  const traffic = createTraffic(shard, clients, groups, environment, time.nowUs, loop.blockedUs);
  const receiver = createReceiver(shard, part, {
    protocol,
    recorder,
    runUs: time.nowUs,
    traffic,
    onUntold() {
      counts.untoldFrames++;
    },
  });
  const logins = createLogins(protocol.login ?? null, environment.requestHttp, clock, counts, loop);
  const opening = {
    protocol,
    connector: http?.connector ?? environment.connector,
    clock,
    timeoutUs: environment.connectTimeoutUs,
    spread,
    endpoints,
    onFrame:
      environment.journey == null
        ? receiver.receive
        : (client: VirtualClient, frame: Buffer) => {
            receiver.receive(client, frame);
            journeys?.notice(client, frame);
          },
    onDropped(client: VirtualClient, reason: string) {
      client.connection = null;
      client.isTurnedAway = true;
      counts.dropped++;
      countReason(counts.drops, reason);
      spread.closed(spread.endpointOf(client.identity.client));
    },
  };
  const recovery = createRecovery(environment.reconnect, shard, clients, {
    ...environment,
    opening,
    counts,
    loop,
    recorder,
    receiver,
    sender,
    logInAgain: logins.logInAgain,
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

function groupClients(plan: RunPlan): ClientGroups | null {
  const assignment = assignGroups(plan);
  return assignment && { names: plan.groups.map(({ name }) => name), groupOf: assignment.groupOf };
}
