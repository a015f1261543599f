import type { Clock } from '../clock.ts';
import type { TimeServer } from '../fleet/clock/time-server.ts';
import type { AgentLimits } from '../fleet/remote/agent-limits.ts';
import { createKeyPair } from '../fleet/remote/keys.ts';
import { type AgentService, serveAgent } from '../fleet/remote/serve-agent.ts';
import type { LeasedShard, ShardListener, ShardLoss } from '../fleet/shard-handle.ts';
import type { ShardAssignment } from '../fleet/shard-messages.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { zeroConnections } from '../record/connection-counts.ts';
import { Histogram } from '../record/histogram.ts';
import { zeroCounts } from '../record/ledger-counts.ts';
import { ZERO_REPORT } from '../record/merge-reports.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import type { ShardReport } from '../record/shard-report.ts';
import type { MemoryNetwork, MemoryNode } from './memory-engine.ts';
import { buildPlanFixture, holdRate, loadFixture, populationFixture } from './plan-fixture.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An agent whose shards send nothing: they tell when they would have. Its clock has an origin of its own, and may stand still. */
export interface TestAgent {
  readonly node: MemoryNode;
  readonly id: string;
  readonly service: AgentService;
  /** When its shards sent, on the true clock, µs; once a tenth of a second each. */
  readonly sentAtUs: number[];
  readonly startedAtUs: number[];
  readonly told: string[];
  readonly assigned: ShardAssignment[];
  readonly kept: unknown[];
  /** The process and those of its shards stand still, as after SIGSTOP. */
  freeze(): void;
  thaw(): void;
}

export const CONTROLLER = createKeyPair();
export const SECONDS = 8;
const TENTH_US = 100_000;

export interface TestAgentOptions {
  /** Its clock minus the true one, µs. */
  readonly offsetUs?: number;
  readonly limits?: Partial<AgentLimits>;
  readonly controller?: string | null;
  readonly version?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** How far a time server near it is off, µs, which it admits; absent: there is none. */
  readonly serverErrorUs?: number;
  /** How far it is off besides, µs, which it does not admit. */
  readonly serverLieUs?: number;
}

let started = 0;

export function startTestAgent(clock: VirtualClock, network: MemoryNetwork, options: TestAgentOptions = {}): TestAgent {
  const { offsetUs = 0, limits = {}, controller = CONTROLLER.publicKey, version = '1.0.0', labels = {} } = options;
  const node = network.connect();
  const deferred: (() => void)[] = [];
  const own: Clock = {
    nowUs: () => clock.nowUs() + offsetUs,
    after: (delayUs, callback) =>
      clock.after(delayUs, () => {
        if (node.isFrozen) deferred.push(callback);
        else callback();
      }),
  };
  const agent: Omit<TestAgent, 'service'> = {
    node,
    id: `key.agent${++started}`,
    sentAtUs: [],
    startedAtUs: [],
    told: [],
    assigned: [],
    kept: [],
    freeze() {
      node.isFrozen = true;
    },
    thaw() {
      node.isFrozen = false;
      for (const callback of deferred.splice(0)) callback();
      node.thaw();
    },
  };
  const service = serveAgent({
    engine: node,
    clock: own,
    controller,
    limits: {
      hosts: ['127.0.0.1'],
      variables: [],
      modules: new Map(),
      maxPerSecond: null,
      maxConnections: null,
      maxDurationUs: null,
      ...limits,
    },
    identity: {
      version,
      id: agent.id,
      name: agent.id,
      cores: 2,
      memoryBytes: 0,
      openFilesLimit: null,
      labels,
    },
    timeServers:
      options.serverErrorUs === undefined
        ? []
        : [nearTimeServer(own, clock, options.serverErrorUs, options.serverLieUs ?? 0)],
    startShard(assignment, listener) {
      agent.assigned.push(assignment);
      return startStubShard(assignment, listener, own, clock, agent);
    },
    tell: (line) => agent.told.push(line),
    keepReports: (_, reports) => agent.kept.push(...reports),
    onRunOver() {},
  });
  return { ...agent, service };
}

const EPOCH_US = 1.78e15;

/** It answers in no time. */
function nearTimeServer(own: Clock, clock: VirtualClock, errorUs: number, lieUs: number): TimeServer {
  return {
    name: 'near',
    open: (onAnswer) => ({
      ask() {
        const offsetUs = EPOCH_US + clock.nowUs() - own.nowUs() + lieUs;
        const admitsUs = Math.abs(errorUs) + 1;
        onAnswer({ atUs: own.nowUs(), lowUs: offsetUs + errorUs - admitsUs, highUs: offsetUs + errorUs + admitsUs });
      },
      close() {},
    }),
  };
}

/** Ten messages a second, each second with how many; and a report with as many as were sent. */
function startStubShard(
  { shard }: ShardAssignment,
  listener: ShardListener,
  own: Clock,
  clock: VirtualClock,
  agent: Pick<TestAgent, 'sentAtUs' | 'startedAtUs'>,
): LeasedShard {
  const connected = Promise.withResolvers<ConnectionCounts | ShardLoss>();
  const finished = Promise.withResolvers<ShardReport | ShardLoss>();
  let leaseEndUs = Number.NEGATIVE_INFINITY;
  let sent = 0;
  let isStopped = false;
  let isPaused = false;
  const finish = () => {
    if (isStopped) return;
    isStopped = true;
    finished.resolve({ ...ZERO_REPORT, ledger: { ...zeroCounts(), planned: sent, sent } });
  };
  const second = (number: number, sentBefore: number) => {
    const delivery = new Histogram();
    for (let i = sentBefore; i < sent; i++) delivery.record(1_000 + i);
    listener.onInterval(
      {
        second: number,
        offered: sent - sentBefore,
        sent: sent - sentBefore,
        skipped: 0,
        delivered: sent - sentBefore,
        inFlight: 0,
        latenessMaxUs: 0,
        delivery: delivery.snapshot(),
        loopDelay: new Histogram().snapshot(),
        due: [],
      },
      { ledgers: { warmup: zeroCounts(), measure: zeroCounts() }, cpuRatio: 0.5 },
    );
  };
  const tick = (atUs: number, number: number, sentBefore: number) => {
    if (isStopped) return;
    if (own.nowUs() < leaseEndUs && !isPaused) {
      sent++;
      agent.sentAtUs.push(clock.nowUs());
    }
    const next = number + 1;
    const isSecond = next % 10 === 0;
    if (isSecond) second(next / 10 - 1, sentBefore);
    if (next === SECONDS * 10) return finish();
    own.after(atUs + TENTH_US - own.nowUs(), () => tick(atUs + TENTH_US, next, isSecond ? sent : sentBefore));
  };
  own.after(10_000, () => {
    listener.onConnecting(1);
    connected.resolve({ ...zeroConnections(), attempted: 2, opened: 2 });
  });
  return {
    index: shard.index,
    pid: 1,
    connected: connected.promise,
    finished: finished.promise,
    start(atUs) {
      own.after(atUs - own.nowUs(), () => {
        agent.startedAtUs.push(clock.nowUs());
        tick(atUs, 0, 0);
      });
    },
    pause(paused) {
      isPaused = paused;
    },
    stop: finish,
    tellUnsent() {},
    giveUp(reason) {
      isStopped = true;
      connected.resolve({ lost: reason });
      finished.resolve({ lost: reason });
    },
    lease(untilUs) {
      leaseEndUs = untilUs;
    },
  };
}

export function buildAssignments(count: number, endpoint = 'ws://127.0.0.1:4000'): readonly ShardAssignment[] {
  const plan = buildPlanFixture({
    population: populationFixture(12, 2),
    load: loadFixture([holdRate(10, SECONDS)]),
    phases: { warmupUs: 0, measureUs: SECONDS * 1_000_000, drainTimeoutUs: 1_000_000 },
  });
  return splitPlan(plan, count).map((shard) => ({
    shard,
    protocol: 'echo' as const,
    endpoints: [endpoint],
    hosts: PRIVATE_ONLY,
    spread: 'round-robin' as const,
    rateLimit: null,
    reconnect: null,
    sourceAddress: null,
    connectTimeoutUs: 1_000_000,
    deliveryTimeoutUs: 1_000_000,
    connectConcurrency: 50,
    precise: false,
  }));
}
