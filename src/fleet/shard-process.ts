import { monotonicClock, monotonicUs } from '../clock.ts';
import { findCpuQuotas } from '../cpu-limits.ts';
import { mostOf } from '../extremes.ts';
import { createConnector } from '../generator/create-connector.ts';
import { createHostGuard, type HostGuard } from '../generator/hosts/host-guard.ts';
import { createFetchText } from '../generator/http/fetch-text.ts';
import { loadJourney } from '../generator/journey/load-journey.ts';
import { startMetronome } from '../generator/load/metronome.ts';
import { createSpinningWakeUp } from '../generator/load/wake-up.ts';
import { createRequestHttp } from '../generator/login/request-http.ts';
import { followCpu } from '../generator/observe-health.ts';
import { runShard } from '../generator/run-shard.ts';
import type { Wire } from '../generator/wires.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import { selectProtocol } from '../protocol/select-protocol.ts';
import type { UnsentMessages } from '../record/split-log.ts';
import { rememberSecret } from '../redact.ts';
import type { ProtocolSpec } from '../scenario/protocol-spec.ts';
import type { Load } from '../scenario/scenario.ts';
import type { FromShard, ShardAssignment, ToShard } from './shard-messages.ts';

/** Entry point of a generator process: one shard, driven over the IPC channel by `runPlan`. */

const stop = new AbortController();
let isPaused = false;
let leaseEndUs = Number.POSITIVE_INFINITY;
/** Kept until the shard is there. */
const unsentBefore: UnsentMessages[] = [];
let tellUnsent = (unsent: UnsentMessages): void => void unsentBefore.push(unsent);
let start: (atUs: number | null) => void = () => {};
const started = new Promise<number | null>((resolve) => {
  start = resolve;
});

process.on('message', (message: ToShard) => {
  if (message.type === 'run') {
    for (const secret of message.secrets) rememberSecret(secret);
    void work(message.assignment);
  } else if (message.type === 'start') start(message.atUs);
  else if (message.type === 'pause') isPaused = message.isPaused;
  else if (message.type === 'lease') leaseEndUs = message.untilUs;
  else if (message.type === 'unsent') tellUnsent(message.unsent);
  else if (message.type === 'leave') process.exit(0);
  else end();
});
// Nobody is left to report to.
process.on('disconnect', () => process.exit(0));
// A signal from the terminal reaches the whole process group; the parent decides what it means for the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function end(): void {
  stop.abort();
  start(null);
}

/** Asked before every send: a process that stood still must not catch up with what was due meanwhile, whatever it hears of first. */
function hasLease(): boolean {
  return leaseEndUs === Number.POSITIVE_INFINITY || monotonicUs() < leaseEndUs;
}

const LEASE_CHECK_MS = 250;
let checksWithout = 0;
setInterval(() => {
  // Nothing is sent meanwhile, and what renews it may lie unread: where this process took long to begin, the first is over when it is read.
  checksWithout = hasLease() ? 0 : checksWithout + 1;
  if (checksWithout === 2) end();
}, LEASE_CHECK_MS).unref();

const ALIVE_EVERY_MS = 3_000;
send({ type: 'alive' });
setInterval(() => send({ type: 'alive' }), ALIVE_EVERY_MS).unref();

async function work(assignment: ShardAssignment): Promise<void> {
  const { shard } = assignment;
  const cpuRatio = followCpu();
  const hosts = createHostGuard(assignment.hosts);
  const protocol = await selectProtocol(assignment.protocol, process.env, assignment.isTraced);
  const journey = shard.plan.load.journey === undefined ? null : await loadJourney(shard.plan.load.journey);
  const groupWires = await openGroupWires(assignment, hosts);
  const logins = [protocol, ...groupWires.map((wire) => wire?.protocol)].map((one) => one?.login?.concurrency ?? 1);
  const report = await runShard(shard, {
    protocol: withoutStamps(protocol, assignment),
    connector: createConnector(protocol.transport ?? 'websocket', assignment.sourceAddress, hosts),
    groupWires,
    clock: monotonicClock,
    cpuQuotas: findCpuQuotas(),
    wakeUp: assignment.precise ? createSpinningWakeUp(monotonicClock) : startMetronome(tickUsOf(shard.plan.load)),
    endpoints: assignment.endpoints,
    hosts,
    spread: assignment.spread,
    reconnect: assignment.reconnect,
    rateLimit: isAlignedElsewhere(assignment) ? null : assignment.rateLimit,
    fetchText: createFetchText(assignment.connectTimeoutUs, hosts),
    requestHttp: createRequestHttp(
      assignment.connectTimeoutUs,
      hosts,
      journey === null ? mostOf(logins) : JOURNEY_CONNECTIONS,
    ),
    journey,
    users: assignment.users ?? null,
    texts: assignment.texts ?? null,
    ...(assignment.traces === undefined ? {} : { traces: assignment.traces }),
    regions: assignment.regions ?? null,
    connectTimeoutUs: assignment.connectTimeoutUs,
    deliveryTimeoutUs: assignment.deliveryTimeoutUs,
    connectConcurrency: assignment.connectConcurrency,
    signal: stop.signal,
    isPaused: () => isPaused || !hasLease(),
    hasLease,
    onConnecting: throttleOpening(),
    awaitStart(connections) {
      // What connecting left behind is collected before the start: later it would be a pause of those who send and receive.
      globalThis.gc?.();
      send({ type: 'connected', connections });
      return started;
    },
    onSplit: (split) => send({ type: 'split', split }),
    onUnsent(listener) {
      tellUnsent = listener;
      for (const unsent of unsentBefore.splice(0)) listener(unsent);
    },
    onInterval: (interval, ledgers) =>
      send({ type: 'interval', interval, snapshot: { ledgers, cpuRatio: cpuRatio() } }),
  });
  send({ type: 'finished', report });
}

/** Users of a file are those of a description that names it. */
function openGroupWires(
  { groupProtocols = [], sourceAddress, users = null }: ShardAssignment,
  hosts: HostGuard,
): Promise<readonly (Wire | null)[]> {
  const open = async (spec: ProtocolSpec): Promise<Wire> => {
    const protocol = await selectProtocol(spec, process.env);
    const knowsUsers = typeof spec === 'object' && spec.kind === 'template' && spec.usersFile !== null;
    const connector = createConnector(protocol.transport ?? 'websocket', sourceAddress, hosts);
    return { protocol, connector, users: knowsUsers ? users : null };
  };
  return Promise.all(groupProtocols.map((spec) => spec && open(spec)));
}

/** To each origin: a journey waits for an answer, and not for a connection. */
const JOURNEY_CONNECTIONS = 1_024;

function withoutStamps(protocol: ChatProtocol, { isElsewhere = false }: ShardAssignment): ChatProtocol {
  return isElsewhere && protocol.hops ? { ...protocol, hops: null } : protocol;
}

/** Its limiter's windows are those of a clock that is not known here. */
function isAlignedElsewhere({ isElsewhere = false, rateLimit }: ShardAssignment): boolean {
  return isElsewhere && rateLimit?.kind === 'fixed';
}

const CONNECTING_EVERY_US = 250_000;

/** For somebody who watches: thousands of connects a second need not be told one by one. */
function throttleOpening(): (opened: number) => void {
  let toldAtUs = monotonicClock.nowUs();
  return (opened) => {
    const nowUs = monotonicClock.nowUs();
    if (nowUs - toldAtUs < CONNECTING_EVERY_US) return;
    toldAtUs = nowUs;
    send({ type: 'connecting', opened });
  };
}

/** From these rates on, fewer and larger writes are worth more than sending a little earlier. */
const TICKS_US = [
  { abovePerSecond: 100_000, tickUs: 3_000 },
  { abovePerSecond: 20_000, tickUs: 1_000 },
] as const;
const SHORTEST_TICK_US = 200;

function tickUsOf(load: Load): number {
  const peak = mostOf(load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond]));
  return TICKS_US.find(({ abovePerSecond }) => peak > abovePerSecond)?.tickUs ?? SHORTEST_TICK_US;
}

function send(message: FromShard): void {
  process.send?.(message);
}
