import { type Arriving, openArriving } from '../plan/arriving.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { SparseHistogram } from '../record/histogram.ts';
import { OwnedTimes } from '../record/own-share.ts';
import type { ConnectionCounts, JourneyReport, MessageExample, SlowestReport } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import { redactDeep } from '../redact.ts';
import { assembleShard, type ShardParts } from './assemble-shard.ts';
import { beatHearts } from './clients/beat-hearts.ts';
import { churnClients } from './clients/churn-clients.ts';
import { connectClients } from './clients/connect-clients.ts';
import { countReached } from './clients/create-clients.ts';
import { disturbClients } from './clients/disturb-clients.ts';
import { receiveArriving } from './clients/receive-arriving.ts';
import { drain } from './drain.ts';
import { sendLoad } from './load/send-load.ts';
import type { ShardEnvironment } from './shard-environment.ts';
import { tickSeconds } from './tick-seconds.ts';

/** Shard → report: connects, sends its part of the schedule, waits for what is in flight, and closes the books. */
export async function runShard(shard: Shard, environment: ShardEnvironment): Promise<ShardReport | null> {
  const parts = assembleShard(shard, environment);
  const stopHearts = keepAlive(parts);
  const connects = await connect(parts);
  const startAtUs = await environment.awaitStart(hideSecrets(parts.counts));
  if (startAtUs === null) {
    stopHearts();
    leave(parts);
    return null;
  }
  const stopRun = beginRun(parts, connects, startAtUs);
  await load(parts, startAtUs);
  const drainEndUs = await drainAll(parts, startAtUs);
  stopRun();
  stopHearts();
  leave(parts);
  return closeBooks(parts, connects, drainEndUs);
}

/** Yields what ends it. */
function keepAlive({ environment: { clock }, wires, clients }: ShardParts): () => void {
  const stops = wires.all.map(({ protocol }, wire) => {
    if (!protocol.heartbeat) return () => {};
    const own = [...clients.values()].filter(({ identity }) => wires.positionOf(identity.client) === wire);
    return beatHearts(own, protocol.heartbeat, clock);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/** How long each client's connect took, µs: from when it was due, and from its attempt. */
interface ConnectTimes {
  readonly latency: OwnedTimes;
  readonly service: OwnedTimes;
}

/** Whoever has to logs in first, at a pace of its own. */
async function connect({
  shard,
  environment,
  clients,
  counts,
  loop,
  logins,
  recovery,
}: ShardParts): Promise<ConnectTimes> {
  const arriving = openArriving(shard.plan);
  const first = [...clients.values()].filter(({ identity }) => isThere(arriving, identity.client));
  const known = await logins.logInAll(first, environment.signal);
  const service = new OwnedTimes();
  const latency = await connectClients(known, {
    ...recovery.opening,
    counts,
    concurrency: environment.connectConcurrency,
    perSecond: shard.plan.connectPerSecond,
    onOutcome: () => environment.onConnecting?.(counts.opened),
    service,
    loop,
    signal: environment.signal,
  });
  return { latency, service };
}

function isThere(arriving: Arriving | null, client: number): boolean {
  return arriving === null || client < arriving.initial;
}

/** From now on time counts from the run's start, seconds are cut, and faults of clients come about; yields what ends the latter. */
function beginRun(parts: ShardParts, connects: ConnectTimes, startAtUs: number): () => void {
  const { shard, environment, time, groups, recorder, tellStart, clients, counts, spread, recovery, loop } = parts;
  const { clock, signal } = environment;
  time.begin(startAtUs);
  loop.begin();
  tellStart(startAtUs);
  const stopTicks = tickSeconds(clock, startAtUs, (nowUs) => recorder.series.advanceTo(nowUs));
  const { bringBackAfter } = recovery;
  const disturbing = { clock, startAtUs, counts, spread, signal, bringBackAfter };
  const stopFaults = disturbClients(shard, clients, disturbing);
  const stopChurn = churnClients(shard, clients, groups, { ...disturbing, ledger: recorder.ledger });
  const stopArrivals = receiveLater(parts, connects, startAtUs);
  return () => {
    stopArrivals();
    stopChurn();
    stopFaults();
    stopTicks();
  };
}

/** Clients that come during the run. */
function receiveLater(parts: ShardParts, connects: ConnectTimes, startAtUs: number): () => void {
  const { shard, environment, clients, recorder, logins, counts, loop, recovery } = parts;
  const arriving = openArriving(shard.plan);
  if (arriving === null) return () => {};
  const later = [...clients.values()].filter(({ identity }) => !isThere(arriving, identity.client));
  return receiveArriving(later, arriving, {
    ...recovery.opening,
    ...connects,
    counts,
    loop,
    concurrency: environment.connectConcurrency,
    logIn: logins.logInAgain,
    signal: environment.signal,
    startAtUs,
    ledger: recorder.ledger,
  });
}

/** Settles when measure is over and the last message out, or the run is told to end. */
async function load(parts: ShardParts, startAtUs: number): Promise<void> {
  parts.health.start();
  await sendLoad({ ...parts, startAtUs });
  parts.health.stop();
}

/** Yields when the last expected delivery had arrived, or the wait was given up, µs since run start. */
function drainAll({ shard, environment, recorder, traffic, recovery }: ShardParts, startAtUs: number): Promise<number> {
  recovery.fetchOverdue();
  const inFlight = {
    countOutstanding: () => recorder.ledger.countOutstanding(),
    countAwaitedAcks: () => recorder.ledger.countAwaitedAcks(),
    countRequests: () => traffic?.underWay ?? 0,
  };
  return drain(inFlight, environment.clock, startAtUs, shard.plan.phases.drainTimeoutUs, environment.signal);
}

function leave({ clients, http, recovery, loop }: ShardParts): void {
  loop.stop();
  recovery.stop();
  for (const client of clients.values()) client.connection?.close();
  for (const one of http) void one?.close();
}

function closeBooks(parts: ShardParts, connects: ConnectTimes, drainEndUs: number): ShardReport {
  const { shard, layout, time, recorder, clients, counts, health, loop, traffic, logins, recovery } = parts;
  const recording = recorder.finish(time.nowUs());
  const slowest = parts.reportSlowest();
  return {
    ...recording,
    examples: recording.examples.map((example) => nameClients(example, layout)),
    // What clients were told in secret is known to nobody who prints it later.
    refusals: redactDeep(recording.refusals),
    serverErrors: redactDeep(recording.serverErrors),
    histograms: {
      ...recording.histograms,
      connect: connects.latency.snapshot(),
      connectService: connects.service.snapshot(),
      reconnect: recovery.latency.snapshot(),
      login: logins.latency.snapshot(),
    },
    own: {
      ...recording.own,
      connect: connects.latency.ownSnapshot(),
      connectService: connects.service.ownSnapshot(),
      reconnect: recovery.latency.ownSnapshot(),
      login: logins.latency.ownSnapshot(),
    },
    slowest: slowest && nameSenders(slowest, layout),
    traffic: traffic?.report() ?? [],
    journey: parts.journeys === null ? null : hideReasons(parts.journeys.report()),
    groups: recording.groups.map((group, position) => ({
      ...group,
      ...countGroup(parts, position),
      traffic: traffic?.reportOf(position) ?? [],
    })),
    connections: { ...hideSecrets(counts), reached: countReached(clients) },
    intervals: [],
    health: [{ ...health.report(shard.index, counts.perEndpoint), ...loop.report() }],
    drainEndUs,
  };
}

/** The ledger tells of seats. */
function nameClients(example: MessageExample, { clientOf }: PlanLayout): MessageExample {
  return { ...example, sender: clientOf(example.sender), recipient: clientOf(example.recipient) };
}

function nameSenders(slowest: SlowestReport, { clientOf }: PlanLayout): SlowestReport {
  return { ...slowest, messages: slowest.messages.map((one) => ({ ...one, sender: clientOf(one.sender) })) };
}

function countGroup({ clients, groups }: ShardParts, position: number): { clients: number; reached: number } {
  const ofGroup = new Map([...clients].filter(([client]) => groups?.groupOf[client] === position));
  return { clients: ofGroup.size, reached: countReached(ofGroup) };
}

function hideReasons(report: JourneyReport<SparseHistogram>): JourneyReport<SparseHistogram> {
  return { ...report, failures: redactDeep(report.failures) };
}

function hideSecrets(counts: ConnectionCounts): ConnectionCounts {
  return { ...counts, failures: redactDeep(counts.failures), drops: redactDeep(counts.drops) };
}
