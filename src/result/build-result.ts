import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Samples } from '../record/samples.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { QueueSeries, RunResult, TargetDescription } from './run-result.ts';

export interface RunFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly command: readonly string[];
  readonly version: string;
  readonly scenario: Scenario;
  readonly target: TargetDescription;
  readonly samples: Samples;
  readonly queue: QueueSeries | null;
  readonly gatewayConnections: RunResult['gatewayConnections'];
  readonly shardsPlanned: number;
  readonly shardsReported: number;
  readonly losses: readonly string[];
  readonly interruptedBy: 'SIGINT' | 'SIGTERM' | null;
  readonly drainEndUs: number;
  readonly timeline: RunResult['timeline'];
}

/** Puts together what is known of a run. Nothing is judged here. */
export function buildResult(facts: RunFacts): RunResult {
  const { warmupUs, measureUs } = facts.scenario.phases;
  const reason = facts.interruptedBy === null ? facts.losses.join('; ') : `interrupted by ${facts.interruptedBy}`;
  return structuredClone({
    schema: 'chatbench.result/1',
    id: facts.id,
    startedAt: facts.startedAt.toISOString(),
    command: facts.command,
    completeness: reason === '' ? { status: 'complete', reason: null } : { status: 'partial', reason },
    interruptedBy: facts.interruptedBy,
    scenario: facts.scenario,
    target: facts.target,
    environment: describeEnvironment(facts.version),
    phases: { warmupEndUs: warmupUs, measureEndUs: warmupUs + measureUs, drainEndUs: facts.drainEndUs },
    shards: { planned: facts.shardsPlanned, reported: facts.shardsReported },
    samples: facts.samples,
    queue: facts.queue,
    gatewayConnections: facts.gatewayConnections,
    timeline: facts.timeline,
  } satisfies Readonly<Record<keyof RunResult, unknown>>) as unknown as RunResult;
}

function describeEnvironment(version: string): RunResult['environment'] {
  return {
    chatbench: version,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
  };
}
