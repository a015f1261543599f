import { dirname, resolve } from 'node:path';
import { DEFAULTS } from './defaults.ts';
import { totalUs } from './load.ts';
import { type Problem, problemAt } from './problem.ts';
import * as rules from './rules.ts';
import type { Scenario } from './scenario.ts';
import { atKey, type Report, read, type Sources, settle } from './setting.ts';
import { followArriving, refuseBesideArriving, settleArriving } from './settle-arriving.ts';
import { checkDelivery } from './settle-delivery.ts';
import { settleExperiment } from './settle-experiment.ts';
import { settleFaults } from './settle-faults.ts';
import { settleGroups } from './settle-groups.ts';
import { checkMessageCount, isClosedLoop, settleStages } from './settle-load.ts';
import { settleObserve } from './settle-observe.ts';
import { settlePayloads } from './settle-payloads.ts';
import { settlePopulation } from './settle-population.ts';
import { settleProtocol } from './settle-protocol.ts';
import { settleReconnect } from './settle-reconnect.ts';
import { settleTarget } from './settle-target.ts';
import { settleTraffic } from './settle-traffic.ts';

/** In an open loop a message is due when it is due, whatever became of the one before. */
const THINK_IN_OPEN_LOOP =
  'expected `loop: closed` beside it, or no think: in an open loop nobody waits for an answer to think about';

/**
 * File, flags and defaults → the scenario (without thresholds and what hangs on them), and a problem for all that does not fit together.
 * A check whose inputs are broken is left out.
 *
 * @returns `scenario` null where anything needed is broken
 */
export function settleScenario(sources: Sources): {
  readonly scenario: Omit<Scenario, 'thresholds' | 'aborts' | 'exits'> | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const report: Report = (problem) => {
    if (problem) problems.push(problem);
  };
  const { values, broken } = sources;

  const name = required(sources, 'name', 'a short name such as burst', report);
  const question = required(sources, 'question', 'the question that a run answers', report);
  const protocol = settleProtocol(sources, report);
  const population = settlePopulation(sources, protocol, report);
  const warmup = settle(sources, 'warmup', values.warmup, sources.flags.warmup, read(rules.duration(DEFAULTS.warmup)));
  const drain = settle(sources, 'drain', values.drain, sources.flags.drain, read(rules.duration(DEFAULTS.drain)));
  const deliveryTimeout = settle(
    sources,
    'timeouts',
    values.timeouts?.delivery,
    sources.flags.deliveryTimeout,
    read(rules.positiveDuration(DEFAULTS.timeouts.delivery)),
    ['timeouts', 'delivery'],
  );
  const { groups, ownPerSecond } = settleGroups(sources, population?.clients, protocol?.value, report);
  const whole = settleStages(sources, population?.clients, ownPerSecond, report);
  const arriving = settleArriving(sources, population?.clients, whole, report);
  const stages = whole && { ...whole, value: followArriving(sources, arriving, whole.value) };
  const seed = settle(sources, 'seed', values.seed, sources.flags.seed, read(rules.seed(DEFAULTS.seed)));
  const target = settleTarget(sources, protocol, report);
  const bodies = settlePayloads(sources, protocol?.value, target, report);
  const spread = settle(sources, 'spread', values.spread, sources.flags.spread, read(rules.spread(DEFAULTS.spread)));
  const traffic = settleTraffic(sources, protocol?.value, report);
  const observe = settleObserve(sources, report);
  const experiment = settleExperiment(sources, report);
  if (arriving) refuseBesideArriving(sources, experiment, report);
  const faults = settleFaults(sources, target, stages && totalUs(stages.value), report);
  settleThink(sources, report);
  if (stages && warmup && !isClosedLoop(sources)) report(checkMessageCount(stages, warmup));
  if (protocol && population) checkDelivery(sources, protocol.value, population, bodies?.payloads, experiment, report);

  const isUsable = !(
    [
      'arrivals',
      'hops',
      'journey',
      'loop',
      'think',
      'traffic',
      'timeouts',
      'lateness-budget',
      'faults',
      'groups',
      'observe',
      'reconnect',
      'search',
      'replay',
      'sweep',
    ] as const
  ).some((key) => broken.has(key));
  if (
    !(
      name &&
      question &&
      protocol &&
      population &&
      warmup &&
      drain &&
      deliveryTimeout &&
      stages &&
      bodies &&
      seed &&
      target &&
      spread &&
      isUsable
    )
  ) {
    return { scenario: null, problems };
  }
  const scenario = {
    name,
    question,
    protocol: protocol.value,
    population: arriving ? { ...population, arriving } : population,
    load: {
      process: values.arrivals ?? DEFAULTS.arrivals,
      stages: stages.value,
      ...bodies,
      ...(values.journey !== undefined && { journey: resolve(dirname(sources.source.file), values.journey) }),
      loop: isClosedLoop(sources) ? ('closed' as const) : ('open' as const),
      thinkTimeUs: values.think ?? read(rules.duration(DEFAULTS.think)),
    },
    ...(traffic.length > 0 ? { traffic } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    phases: {
      warmupUs: warmup.value,
      measureUs: totalUs(stages.value),
      drainTimeoutUs: drain.value,
    },
    timeouts: {
      connectUs: values.timeouts?.connect ?? read(rules.positiveDuration(DEFAULTS.timeouts.connect)),
      deliveryUs: deliveryTimeout.value,
    },
    latenessBudgetUs: values['lateness-budget'] ?? read(rules.positiveDuration(DEFAULTS['lateness-budget'])),
    target,
    spread: spread.value,
    reconnect: settleReconnect(sources, faults, groups, report),
    seed: seed.value,
    faults,
    ...(observe.length > 0 ? { observe } : {}),
    experiment,
  };
  return { scenario, problems };
}

/** Whoever waits by itself, or is not waited for, has no time to think. */
function settleThink(sources: Sources, report: Report): void {
  const { values } = sources;
  if (values.journey !== undefined && values.loop === 'open')
    report(
      atKey(sources, 'loop', 'expected closed, or nothing, beside a journey: what it sends follows what it waits for'),
    );
  if (values.think === undefined) return;
  if (values.journey !== undefined) report(atKey(sources, 'think', 'expected client.think(…) in the journey instead'));
  else if (!isClosedLoop(sources)) report(atKey(sources, 'think', THINK_IN_OPEN_LOOP));
}

function required(sources: Sources, key: 'name' | 'question', expected: string, report: Report): string | undefined {
  const value = sources.values[key];
  if (value === undefined && !sources.broken.has(key)) {
    report(problemAt(sources.source.file, sources.source.locate([]), `missing key "${key}", expected ${expected}`));
  }
  return value;
}
