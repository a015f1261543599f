import type { Parsed } from '../units.ts';
import { DEFAULT_ROOM_SIZE, DEFAULTS, LIMITS } from './defaults.ts';
import { expectedMessages, hold, peakRate, scaleDurations, scaleRates, totalUs } from './load.ts';
import type { Flags, GivenFlag } from './overrides.ts';
import { type Problem, problemAt, problemWithFlag } from './problem.ts';
import type { YamlSource } from './read-yaml.ts';
import * as rules from './rules.ts';
import type { ProtocolName, Scenario, Stage } from './scenario.ts';
import type { ScenarioFile, ScenarioKey } from './scenario-file.ts';

/** A value and whom to blame for it. Absent (undefined) where its source is broken, which is reported already. */
interface Setting<T> {
  readonly value: T;
  readonly from: 'flag' | 'file' | 'default';
  blame(text: string): Problem;
}

interface Sources {
  readonly source: YamlSource;
  readonly values: ScenarioFile;
  readonly broken: ReadonlySet<string>;
  readonly flags: Flags;
}

/**
 * File, flags and defaults → the scenario (without thresholds), and a problem for all that does not fit together.
 * A check whose inputs are broken is left out.
 *
 * @returns `scenario` null where anything needed is broken
 */
export function settleScenario(sources: Sources): {
  readonly scenario: Omit<Scenario, 'thresholds'> | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const report = (problem: Problem | undefined) => void (problem && problems.push(problem));
  const { values, broken } = sources;

  const name = required(sources, 'name', 'a short name such as burst', report);
  const question = required(sources, 'question', 'the question that a run answers', report);
  const protocol = settle(sources, 'protocol', values.protocol, undefined, DEFAULTS.protocol as ProtocolName);
  const population = settlePopulation(sources, protocol, report);
  const warmup = settle(sources, 'warmup', values.warmup, sources.flags.warmup, read(rules.duration(DEFAULTS.warmup)));
  const stages = settleStages(sources, report);
  const payload = settle(
    sources,
    'payload',
    values.payload,
    sources.flags.payload,
    read(rules.payload(DEFAULTS.payload)),
  );
  const seed = settle(sources, 'seed', values.seed, sources.flags.seed, read(rules.seed(DEFAULTS.seed)));
  const target = settleTarget(sources, protocol, report);
  if (stages && warmup) report(checkMessageCount(stages, warmup));

  const isUsable = !(['arrivals', 'drain', 'timeouts', 'lateness-budget'] as const).some((key) => broken.has(key));
  if (!(name && question && protocol && population && warmup && stages && payload && seed && target && isUsable)) {
    return { scenario: null, problems };
  }
  const scenario = {
    name,
    question,
    protocol: protocol.value,
    population,
    load: { process: values.arrivals ?? DEFAULTS.arrivals, stages: stages.value, payloadBytes: payload.value },
    phases: {
      warmupUs: warmup.value,
      measureUs: totalUs(stages.value),
      drainTimeoutUs: values.drain ?? read(rules.duration(DEFAULTS.drain)),
    },
    timeouts: {
      connectUs: values.timeouts?.connect ?? read(rules.positiveDuration(DEFAULTS.timeouts.connect)),
      deliveryUs: values.timeouts?.delivery ?? read(rules.positiveDuration(DEFAULTS.timeouts.delivery)),
    },
    latenessBudgetUs: values['lateness-budget'] ?? read(rules.positiveDuration(DEFAULTS['lateness-budget'])),
    target,
    seed: seed.value,
  };
  return { scenario, problems };
}

type Report = (problem: Problem | undefined) => void;

function required(sources: Sources, key: 'name' | 'question', expected: string, report: Report): string | undefined {
  const value = sources.values[key];
  if (value === undefined && !sources.broken.has(key)) {
    report(problemAt(sources.source.file, sources.source.locate([]), `missing key "${key}", expected ${expected}`));
  }
  return value;
}

function settlePopulation(
  sources: Sources,
  protocol: Setting<ProtocolName> | undefined,
  report: Report,
): Scenario['population'] | undefined {
  const { values, flags } = sources;
  const clients = settle(sources, 'clients', values.clients, flags.clients, read(rules.clients(DEFAULTS.clients)));
  const defaultSize = read(rules.roomSize(DEFAULT_ROOM_SIZE[protocol?.value ?? 'reference']));
  const roomSize = settle(sources, 'rooms', values.rooms?.size, flags.roomSize, defaultSize, ['rooms', 'size']);
  if (!clients || !roomSize) return undefined;
  if (protocol) report(checkRoomSize(roomSize, protocol.value));
  report(checkRoomsFilled(clients, roomSize));
  return { clients: clients.value, roomSize: roomSize.value };
}

function checkRoomSize(roomSize: Setting<number>, protocol: ProtocolName): Problem | undefined {
  if (protocol === 'reference' && roomSize.value < 2) {
    return roomSize.blame('expected rooms of 2 or more: alone in a room, a sender has no recipient');
  }
  if (protocol === 'echo' && roomSize.value !== 1) {
    return roomSize.blame('expected rooms of 1 with protocol echo: the sender is its own recipient');
  }
  return undefined;
}

function checkRoomsFilled(clients: Setting<number>, roomSize: Setting<number>): Problem | undefined {
  const size = roomSize.value;
  if (clients.value % size === 0) return undefined;
  const below = clients.value - (clients.value % size);
  const nearest = below === 0 ? `${size}` : `${below} or ${below + size}`;
  const text = `expected a multiple of the room size ${size}, such as ${nearest} clients`;
  return blamed(clients, roomSize).blame(roomSize.from === 'flag' && clients.from !== 'flag' ? `${text} for it` : text);
}

function settleStages(sources: Sources, report: Report): Setting<readonly Stage[]> | undefined {
  const { values, broken, flags } = sources;
  const loads = (['rate', 'stages', 'steps'] as const).filter((key) => values[key] !== undefined || broken.has(key));
  for (const extra of loads.slice(1)) {
    report(atKey(sources, extra, `expected one load, but "${loads[0]}" is given as well as "${extra}"`));
  }
  const key = loads[0] ?? 'rate';
  if (loads.length === 0 && flags.rate === undefined) {
    report(problemAt(sources.source.file, sources.source.locate([]), 'missing key "rate", "stages" or "steps"'));
  }
  if (loads.length > 1 || broken.has(key)) return undefined;
  if (key === 'rate') return settleConstantLoad(sources);
  const stages = values[key];
  if (values.duration !== undefined) {
    report(atKey(sources, 'duration', `expected no duration besides "${key}", which have their own`));
  }
  return stages && settleStagedLoad(sources, key, stages, report);
}

function settleConstantLoad(sources: Sources): Setting<readonly Stage[]> | undefined {
  const { values, flags } = sources;
  const rate = settle(sources, 'rate', values.rate, flags.rate, undefined);
  const defaultDuration = read(rules.positiveDuration(DEFAULTS.duration));
  const duration = settle(sources, 'duration', values.duration, flags.duration, defaultDuration);
  if (!rate || !duration) return undefined;
  return { ...blamed(rate, duration), value: [hold(rate.value, duration.value)] };
}

/** With stages, `--rate` is the highest rate and `--duration` the sum: the shape stays, everything else in proportion. */
function settleStagedLoad(
  sources: Sources,
  key: 'stages' | 'steps',
  ofFile: readonly Stage[],
  report: Report,
): Setting<readonly Stage[]> | undefined {
  const { rate, duration } = sources.flags;
  const file = settle(sources, key, ofFile, undefined, undefined)!;
  if (peakRate(ofFile) === 0) {
    report(file.blame('expected a positive rate in at least one stage'));
    return undefined;
  }
  if ((rate && !rate.parsed.ok) || (duration && !duration.parsed.ok)) return undefined;
  let stages = ofFile;
  if (rate?.parsed.ok) stages = scaleRates(stages, rate.parsed.value);
  if (duration?.parsed.ok) {
    const scaled = scaleDurations(stages, duration.parsed.value);
    if (typeof scaled === 'string') {
      report(problemWithFlag(duration.flag, scaled));
      return undefined;
    }
    stages = scaled;
  }
  const flag = rate ?? duration;
  return flag ? { ...fromFlag(flag.flag, stages) } : { ...file, value: stages };
}

function checkMessageCount(stages: Setting<readonly Stage[]>, warmup: Setting<number>): Problem | undefined {
  const measured = expectedMessages(stages.value);
  // With some slack for what floating point makes of rate · duration = 1.
  if (measured < 1 - 1e-9) return stages.blame('expected at least one message, but the rate yields none in this time');
  const total = measured + expectedMessages([hold(stages.value[0]!.fromPerSecond, warmup.value)]);
  if (total <= LIMITS.maxMessages) return undefined;
  return stages.blame(`expected at most ${LIMITS.maxMessages} messages in a run, got ${Math.round(total)}`);
}

function settleTarget(
  sources: Sources,
  protocol: Setting<ProtocolName> | undefined,
  report: Report,
): Scenario['target'] | undefined {
  const { values, flags } = sources;
  const gateways = settle(
    sources,
    'target',
    values.target?.gateways,
    flags.gateways,
    read(rules.gateways(DEFAULTS.target.gateways)),
  );
  const workers = settle(
    sources,
    'target',
    values.target?.workers,
    flags.workers,
    read(rules.workers(DEFAULTS.target.workers)),
  );
  const chosen = settle(sources, 'target', targetOfFile(values.target), flags.target, {
    kind: DEFAULTS.target.kind,
    url: null,
  });
  if (!gateways || !workers || !chosen) return undefined;
  const { kind, url } = chosen.value;
  if (kind === 'external' && url === null) report(chosen.blame('expected a url: ws://… for a target of kind external'));
  if (kind !== 'external' && url !== null) report(chosen.blame(`expected no url for a target of kind ${kind}`));
  for (const [what, setting] of [
    ['gateways', gateways],
    ['workers', workers],
  ] as const) {
    if (kind === 'external' && setting.from === 'flag') {
      report(setting.blame(`expected no number of ${what} for a target at an address: leave it out`));
    }
  }
  if (protocol?.value === 'echo' && kind !== 'external' && kind !== 'auto') {
    report(chosen.blame('expected the address of an echo server such as ws://127.0.0.1:8080/ with protocol echo'));
  }
  return { kind, url, topology: DEFAULTS.target.topology, gateways: gateways.value, workers: workers.value };
}

function targetOfFile(target: ScenarioFile['target']): Pick<Scenario['target'], 'kind' | 'url'> | undefined {
  if (target?.kind === undefined && target?.url === undefined) return undefined;
  return { kind: target.kind ?? 'external', url: target.url ?? null };
}

/** Flag before file before default. Undefined where the one that counts is broken, or where there is none. */
function settle<T>(
  sources: Sources,
  key: ScenarioKey,
  ofFile: T | undefined,
  given: GivenFlag<T> | undefined,
  fallback: T | undefined,
  path: readonly string[] = [key],
): Setting<T> | undefined {
  if (given !== undefined) return given.parsed.ok ? fromFlag(given.flag, given.parsed.value) : undefined;
  if (sources.broken.has(key)) return undefined;
  const blame = (text: string) =>
    problemAt(sources.source.file, sources.source.locate(path), `${path.join('.')}: ${text}`);
  if (ofFile !== undefined) return { value: ofFile, from: 'file', blame };
  return fallback === undefined ? undefined : { value: fallback, from: 'default', blame };
}

function fromFlag<T>(flag: string, value: T): Setting<T> {
  return { value, from: 'flag', blame: (text) => problemWithFlag(flag, text) };
}

/** Of two settings that do not fit each other, the one the operator touched last: flag, then file, then default. */
function blamed<A, B>(first: Setting<A>, second: Setting<B>): Setting<A> | Setting<B> {
  const rank = { flag: 2, file: 1, default: 0 };
  return rank[second.from] > rank[first.from] ? second : first;
}

function atKey(sources: Sources, key: ScenarioKey, text: string): Problem {
  return problemAt(sources.source.file, sources.source.locateKey([key]), `${key}: ${text}`);
}

/** A default of ours, which is readable by definition. */
function read<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(`default: ${parsed.reason}`);
  return parsed.value;
}
