import { buildExperiment, type ExperimentFacts } from '../experiment/build-experiment.ts';
import type { ExperimentResult, ExperimentStep } from '../result/experiment-result.ts';
import { buildResultFixture } from './result-fixture.ts';

/** A step that held at `value` a second, with a p95 in ms. */
export function stepFixture(value: number, p95Ms: number, overrides: Partial<ExperimentStep> = {}): ExperimentStep {
  return {
    label: `${value}/s`,
    load: '',
    value,
    verdict: 'pass',
    held: true,
    bindings: [],
    figures: {
      offeredPerSecond: value,
      deliveredPerSecond: value,
      p50Us: p95Ms * 500,
      p95Us: p95Ms * 1000,
      p99Us: p95Ms * 2000,
      fanoutFirstP50Us: p95Ms * 100,
      fanoutFirstP95Us: p95Ms * 200,
      fanoutMedianP50Us: p95Ms * 300,
      fanoutMedianP95Us: p95Ms * 600,
      fanoutLastP50Us: p95Ms * 700,
      fanoutLastP95Us: p95Ms * 1400,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      queueDepthMax: 3,
      queueDrainUs: 0,
    },
    directory: `${value}`,
    trials: [],
    ...overrides,
  };
}

/** An experiment of these steps; by default a curve over all of them. */
export function experimentFixture(steps: ExperimentStep[], overrides: Partial<ExperimentFacts> = {}): ExperimentResult {
  const { target, environment } = buildResultFixture();
  return buildExperiment({
    id: 'x1',
    startedAt: '2026-11-22T13:05:41.208Z',
    command: ['chatbench', 'run', 'throughput-latency'],
    scenario: 'throughput-latency',
    question: 'Where is the knee?',
    kind: 'curve',
    varied: 'rate',
    variedFlags: null,
    target,
    environment,
    steps,
    interruptedBy: null,
    targetLost: null,
    found: null,
    curve: steps.map((_, index) => index),
    fleet: null,
    ...overrides,
  });
}
