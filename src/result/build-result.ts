import { arch, cpus, platform, release, totalmem } from 'node:os';
import { readCpuLimits } from '../cpu-limits.ts';
import { describeInterruption } from '../interruption.ts';
import { addConnections, zeroConnections } from '../record/connection-counts.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { ZERO_REPORT } from '../record/merge-reports.ts';
import type { ConnectionCounts } from '../record/samples.ts';
import { redactDeep } from '../redact.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { deriveArticle } from './article-figures.ts';
import { redactScenario } from './redact-scenario.ts';
import type { RunResult } from './run-result.ts';
import { tellClockErrors, tellStartSpread } from './tell-clocks.ts';

export interface RunFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly command: readonly string[];
  readonly version: string;
  readonly scenario: Scenario;
  readonly target: RunResult['target'];
  readonly samples: RunResult['samples'];
  readonly seconds: RunResult['seconds'];
  readonly queue: RunResult['queue'];
  readonly observed: NonNullable<RunResult['observed']>;
  readonly gatewayConnections: RunResult['gatewayConnections'];
  readonly gatewayRoomsLeft: RunResult['gatewayRoomsLeft'];
  readonly gatewaySeries: RunResult['gatewaySeries'];
  readonly processes: RunResult['processes'];
  readonly host: RunResult['host'];
  readonly shardsPlanned: number;
  /** Messages that the plan has; null for a closed loop, which has no plan of them. */
  readonly schedule: RunResult['schedule'];
  readonly shardsReported: number;
  /** Null: one clock was. */
  readonly clockErrors: Parameters<typeof tellClockErrors>[0] | null;
  /** µs, infinite where it is not known; null: one clock was. */
  readonly startSpreadUs: number | null;
  readonly losses: readonly string[];
  readonly interruptedBy: RunResult['interruptedBy'];
  readonly aborted: RunResult['aborted'];
  /** When the run was told to end before its time, µs since its start; null where it was not. */
  readonly stoppedAtUs: number | null;
  readonly drainEndUs: number;
  /** `--as-in-the-article` was given. */
  readonly withArticle: boolean;
  readonly timeline: RunResult['timeline'];
}

/** Puts together what is known of a run, without its secrets. Nothing is judged here. */
export function buildResult(facts: RunFacts): RunResult {
  const { warmupUs } = facts.scenario.phases;
  const reason = facts.interruptedBy === null ? describeEarlyEnd(facts) : describeInterruption(facts.interruptedBy);
  return redactDeep<RunResult>({
    schema: 'chatbench.result/1',
    id: facts.id,
    startedAt: facts.startedAt.toISOString(),
    command: facts.command,
    completeness: reason === '' ? { status: 'complete', reason: null } : { status: 'partial', reason },
    interruptedBy: facts.interruptedBy,
    aborted: facts.aborted,
    article: facts.withArticle ? deriveArticle(facts.samples.posts, facts.queue, warmupUs) : null,
    scenario: redactScenario(facts.scenario),
    target: facts.target,
    environment: describeEnvironment(facts.version),
    phases: { warmupEndUs: warmupUs, measureEndUs: measureEndUs(facts), drainEndUs: facts.drainEndUs },
    shards: { planned: facts.shardsPlanned, reported: facts.shardsReported },
    ...(facts.clockErrors === null ? {} : tellClockErrors(facts.clockErrors)),
    ...(facts.startSpreadUs === null ? {} : tellStartSpread(facts.startSpreadUs)),
    schedule: facts.schedule,
    samples: thinPosts(facts.samples),
    seconds: facts.seconds,
    queue: facts.queue,
    ...(facts.observed.length === 0 ? {} : { observed: facts.observed }),
    gatewayConnections: facts.gatewayConnections,
    gatewayRoomsLeft: facts.gatewayRoomsLeft,
    gatewaySeries: facts.gatewaySeries,
    processes: facts.processes,
    host: facts.host,
    timeline: facts.timeline,
  });
}

/** Of a week each second in which something was answered would take as much as all the rest. */
function thinPosts(samples: RunResult['samples']): RunResult['samples'] {
  const { posts } = samples;
  if (posts === null || posts.perSecond.length <= MOST_POST_SECONDS) return samples;
  const every = Math.ceil(posts.perSecond.length / MOST_POST_SECONDS);
  return { ...samples, posts: { ...posts, perSecond: posts.perSecond.filter((_, index) => index % every === 0) } };
}

const MOST_POST_SECONDS = 14_400;

/** What is known of a run when it begins: all that it has yet to come to is none, or the result of a run that was killed. */
type FactsAtStart = Pick<
  RunFacts,
  'id' | 'startedAt' | 'command' | 'version' | 'scenario' | 'target' | 'schedule' | 'shardsPlanned' | 'withArticle'
>;

/** The result of a run that has just begun. Where its process is killed, its seconds are put into this. */
export function draftResult(facts: FactsAtStart, connections: readonly ConnectionCounts[]): RunResult {
  const samples = encodeSamples({ ...ZERO_REPORT, connections: connections.reduce(addConnections, zeroConnections()) });
  return buildResult({
    ...facts,
    samples: { ...samples, connections: { ...samples.connections, reached: null } },
    seconds: null,
    queue: null,
    observed: [],
    gatewayConnections: null,
    gatewayRoomsLeft: null,
    gatewaySeries: null,
    processes: null,
    host: { stealRatio: null, foreignRatio: null, series: null },
    shardsReported: facts.shardsPlanned,
    clockErrors: null,
    startSpreadUs: null,
    losses: [KILLED],
    interruptedBy: null,
    aborted: null,
    stoppedAtUs: null,
    drainEndUs: 0,
    timeline: [],
  });
}

const KILLED = 'its process ended before it could close the books: put together from seconds.ndjson';

/** Rates of a run that was ended early are those of the part that was run. */
export function measureEndUs({
  scenario: { phases },
  aborted,
  stoppedAtUs,
}: Pick<RunFacts, 'scenario' | 'aborted' | 'stoppedAtUs'>): number {
  const endedUs = aborted?.atUs ?? stoppedAtUs;
  const plannedUs = phases.warmupUs + phases.measureUs;
  return endedUs === null ? plannedUs : Math.min(plannedUs, Math.max(phases.warmupUs, endedUs));
}

function describeEarlyEnd({ losses, aborted }: RunFacts): string {
  const ended = aborted === null ? [] : [`ended early: '${aborted.expression}' was at ${aborted.actual}`];
  return [...ended, ...losses].join('; ');
}

/** This machine, as far as figures depend on it. */
export function describeEnvironment(version: string, limits = readCpuLimits()): RunResult['environment'] {
  const { cores, machineCores, quotaCores } = limits;
  return {
    chatbench: version,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    ...(cores === machineCores ? {} : { machineCores }),
    ...(quotaCores === null ? {} : { quotaCores }),
    memoryBytes: totalmem(),
  };
}
