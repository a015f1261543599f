import { expect, it } from 'vitest';
import { checkAbort } from '../gate/abort-watch.ts';
import { percentileOfStatistic } from '../gate/statistic.ts';
import { checkThreshold, parseThreshold } from '../gate/threshold.ts';
import { valuesNeeded } from '../record/values-needed.ts';
import { listScenarioNames, loadScenario } from '../scenario/load-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { varyScenario } from '../scenario/vary-scenario.ts';

it.each(listScenarioNames().flatMap((name) => [[name, false] as const, [name, true] as const]))(
  'the messages of %s (quick: %s) are enough for each of its percentiles, at the lowest step too',
  (name, quick) => {
    const scenario = lowestStep(loadScenario(name, { checkThreshold, checkAbort, overrides: { quick } }));
    for (const expression of scenario.thresholds) {
      const parsed = parseThreshold(expression);
      if (!parsed.ok || parsed.threshold.statistic === null || parsed.threshold.metric.name === 'reconnect') continue;
      const { statistic, metric, window } = parsed.threshold;
      const percentile = percentileOfStatistic(statistic);
      if (percentile === null) continue;
      const due = metric.name === 'history' ? countReads(scenario) : countMessages(scenario, window?.during ?? null);
      expect(due, expression).toBeGreaterThanOrEqual(valuesNeeded(percentile));
    }
  },
);

function lowestStep(scenario: Scenario): Scenario {
  const { experiment } = scenario;
  if (experiment === null) return scenario;
  if (experiment.kind === 'sweep') return varyScenario(scenario, experiment.varied, experiment.values[0]!);
  return varyScenario(scenario, experiment.search.varied, experiment.search.from);
}

function countMessages({ load }: Scenario, during: string | null): number {
  return load.stages
    .filter(({ name }) => during === null || name === during)
    .reduce(
      (sum, { fromPerSecond, toPerSecond, durationUs }) =>
        sum + (((fromPerSecond + toPerSecond) / 2) * durationUs) / 1e6,
      0,
    );
}

function countReads({ traffic = [], groups = [], phases }: Scenario): number {
  const reads = [...traffic, ...groups.flatMap((group) => group.traffic ?? [])].filter(
    ({ kind }) => kind === 'history',
  );
  return (reads.reduce((sum, { perSecond }) => sum + perSecond, 0) * phases.measureUs) / 1e6;
}
