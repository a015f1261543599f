import { assignShards } from '../fleet/assign-shards.ts';
import { runPlan } from '../fleet/run-plan.ts';
import { PRIVATE_ONLY } from '../host-rules.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { splitPlan } from '../plan/split-plan.ts';
import { encodeSamples } from '../record/encode-samples.ts';
import { summarizeHistogram } from '../record/histogram-summary.ts';
import type { RawInterval } from '../record/interval-series.ts';
import { mergeIntervals, mergeReports, ZERO_REPORT } from '../record/merge-reports.ts';
import type { Samples } from '../record/samples.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  buildScenarioFixture,
  holdRate,
  loadFixture,
  populationFixture,
  targetFixture,
} from '../testing/plan-fixture.ts';

export interface EchoRun {
  readonly samples: Samples;
  readonly deliveryP50Us: number;
  readonly latenessP99Us: number;
  /** |messages sent during measure − planned| / planned. */
  readonly rateError: number;
}

/** Drives an echo server for some seconds after a warm-up of two. */
export async function runEcho(
  url: string,
  load: { readonly perSecond: number; readonly seconds: number; readonly clients: number; readonly shards: number },
): Promise<EchoRun> {
  const scenario = describeEcho(load);
  const plan = buildPlan(scenario, 'echo');
  const seconds: RawInterval[] = [];
  const outcome = await runPlan(
    assignShards(splitPlan(plan, load.shards), scenario, [url], PRIVATE_ONLY, false),
    { onStart() {}, onInterval: (_, interval) => void seconds.push(interval) },
    new AbortController().signal,
  );
  if (outcome.losses.length > 0) throw new Error(outcome.losses.join('; '));
  const samples = encodeSamples({
    ...outcome.reports.reduce(mergeReports, ZERO_REPORT),
    intervals: mergeIntervals(seconds, []),
  });
  return {
    samples,
    deliveryP50Us: summarizeHistogram(samples.histograms.delivery)?.p50Us ?? Number.NaN,
    latenessP99Us: summarizeHistogram(samples.histograms.lateness)?.p99Us ?? Number.NaN,
    rateError: Math.abs(countSent(samples, load.seconds) / (load.perSecond * load.seconds) - 1),
  };
}

const WARMUP_SECONDS = 2;

function countSent({ intervals }: Samples, seconds: number): number {
  const ofMeasure = intervals.filter(({ second }) => second >= WARMUP_SECONDS && second < WARMUP_SECONDS + seconds);
  return ofMeasure.reduce((sum, { sent }) => sum + sent, 0);
}

function describeEcho(load: { perSecond: number; seconds: number; clients: number }): Scenario {
  return buildScenarioFixture({
    name: 'bench-echo',
    question: 'How fast is the generator?',
    population: populationFixture(load.clients, 1),
    load: loadFixture([holdRate(load.perSecond, load.seconds)], { payloads: [{ bytes: 100, share: 1 }] }),
    phases: { warmupUs: WARMUP_SECONDS * 1e6, measureUs: load.seconds * 1e6, drainTimeoutUs: 5_000_000 },
    timeouts: { connectUs: 10_000_000, deliveryUs: 5_000_000 },
    target: targetFixture({ kind: 'external' }),
  });
}
