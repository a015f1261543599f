import { buildPlan } from '../plan/build-plan.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { Load, Population, Scenario, Stage, TargetRequest } from '../scenario/scenario.ts';

/** A scenario with every value set; tests override what they are about. */
export function buildScenarioFixture(overrides: Partial<Scenario> = {}): Scenario {
  return {
    name: 'fixture',
    question: 'Does it work?',
    protocol: 'echo',
    population: populationFixture(4, 1),
    load: loadFixture([holdRate(100, 1)]),
    phases: { warmupUs: 0, measureUs: 1_000_000, drainTimeoutUs: 1_000_000 },
    timeouts: { connectUs: 1_000_000, deliveryUs: 5_000_000 },
    latenessBudgetUs: 50_000,
    target: targetFixture(),
    spread: 'round-robin',
    reconnect: null,
    seed: 1,
    thresholds: [],
    faults: [],
    experiment: null,
    aborts: [],
    ...overrides,
  };
}

export function buildPlanFixture(overrides: Partial<Scenario> = {}, runId = 'test'): RunPlan {
  return buildPlan(buildScenarioFixture(overrides), runId);
}

/** The embedded cluster with two gateways and a worker, sound. */
export function targetFixture(overrides: Partial<TargetRequest> = {}): TargetRequest {
  return {
    kind: 'embedded',
    url: null,
    further: [],
    topology: 'worker',
    gateways: 2,
    workers: 1,
    rateLimit: null,
    queueType: 'classic',
    balance: 'none',
    hops: true,
    defect: null,
    ...overrides,
  };
}

/** Rooms of one size, chosen uniformly, in which everybody sends. */
export function populationFixture(clients: number, roomSize: number): Population {
  return {
    clients,
    roomClasses: [{ size: roomSize, count: clients / roomSize }],
    roomChoice: { kind: 'uniform' },
    senderShare: 1,
    connectPerSecond: null,
  };
}

/** An open loop of 64-byte bodies at constant arrivals. */
export function loadFixture(stages: readonly Stage[], overrides: Partial<Load> = {}): Load {
  return {
    process: 'constant',
    stages,
    payloads: [{ bytes: 64, share: 1 }],
    loop: 'open',
    thinkTimeUs: 0,
    ...overrides,
  };
}

/** One stage of constant rate. */
export function holdRate(perSecond: number, seconds: number): Stage {
  return { fromPerSecond: perSecond, toPerSecond: perSecond, durationUs: Math.round(seconds * 1e6) };
}
