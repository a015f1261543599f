import { layOutRooms } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import { zeroConnections } from '../record/connection-counts.ts';
import { Histogram } from '../record/histogram.ts';
import type { ShardReport } from '../record/shard-report.ts';
import { beatHearts } from './clients/beat-hearts.ts';
import { connectClients } from './clients/connect-clients.ts';
import { countReached, createClients } from './clients/create-clients.ts';
import { createReceiver } from './clients/create-receiver.ts';
import { createRecovery } from './clients/create-recovery.ts';
import { disturbClients } from './clients/disturb-clients.ts';
import { spreadClients } from './clients/spread-clients.ts';
import type { VirtualClient } from './clients/virtual-client.ts';
import { createRecorder } from './create-recorder.ts';
import { drain } from './drain.ts';
import { openHttpSending, sendsByHttp } from './http/send-by-http.ts';
import { createSender } from './load/create-sender.ts';
import { createTraffic } from './load/create-traffic.ts';
import { sendLoad } from './load/send-load.ts';
import { shareWakeUp } from './load/share-wake-up.ts';
import { observeHealth } from './observe-health.ts';
import type { ShardEnvironment } from './shard-environment.ts';
import { tickSeconds } from './tick-seconds.ts';

/** Shard → report: connects, sends its part of the schedule, waits for what is in flight, and closes the books. */
export async function runShard(shard: Shard, environment: ShardEnvironment): Promise<ShardReport | null> {
  const { plan } = shard;
  const { protocol, clock, signal } = environment;
  const layout = layOutRooms(plan);
  const spread = spreadClients(environment.spread, plan.clients, environment.endpoints.length, plan.seed, clock);
  const isHttp = sendsByHttp(shard, environment);
  const { recorder, tellStart } = createRecorder(shard, layout, spread, isHttp, environment);
  const health = observeHealth();
  const clients = createClients(shard, layout, recorder, environment);
  const counts = zeroConnections(environment.endpoints);
  let startAtUs = clock.nowUs();
  const runUs = () => clock.nowUs() - startAtUs;
  const http = isHttp ? openHttpSending(environment, recorder, runUs) : null;
  const stopHearts = protocol.heartbeat ? beatHearts([...clients.values()], protocol.heartbeat, clock) : () => {};
  const traffic = createTraffic(shard, clients, environment, runUs);
  const sender = createSender(clients, recorder, health, runUs);
  const receiver = createReceiver(shard, protocol, recorder, runUs, traffic);
  const opening = {
    protocol,
    connector: http?.connector ?? environment.connector,
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
          sender,
          runUs,
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
    void http?.close();
  };
  if (start === null) {
    leave();
    return null;
  }
  startAtUs = start;
  tellStart(startAtUs);
  const stopTicks = tickSeconds(clock, startAtUs, (nowUs) => recorder.series.advanceTo(nowUs));

  const stopFaults = disturbClients(shard, clients, {
    clock,
    startAtUs,
    counts,
    spread,
    signal,
    bringBackAfter: (client, awayUs) => recovery?.bringBackAfter(client, awayUs),
  });

  health.start();
  const sending = { shard, layout, startAtUs, sender, recorder, environment };
  if (traffic === null) await sendLoad(sending);
  else {
    const [wakeUp, trafficWakeUp] = shareWakeUp(environment.wakeUp, clock);
    const load = sendLoad({ ...sending, environment: { ...environment, wakeUp } });
    await Promise.all([load, traffic.send(startAtUs, trafficWakeUp)]);
  }
  health.stop();

  recovery?.fetchOverdue();
  const inFlight = {
    countOutstanding: () => recorder.ledger.countOutstanding(),
    countAwaitedAcks: () => recorder.ledger.countAwaitedAcks(),
    countRequests: () => traffic?.underWay ?? 0,
  };
  const drainEndUs = await drain(inFlight, clock, startAtUs, plan.phases.drainTimeoutUs, signal);
  stopFaults();
  leave();
  stopTicks();
  const recording = recorder.finish(runUs());
  return {
    ...recording,
    histograms: {
      ...recording.histograms,
      connect: latency.snapshot(),
      reconnect: (recovery?.latency ?? new Histogram()).snapshot(),
    },
    traffic: traffic?.report() ?? [],
    connections: { ...counts, reached: countReached(clients) },
    intervals: [],
    health: [health.report(shard.index, counts.perEndpoint)],
    drainEndUs,
  };
}
