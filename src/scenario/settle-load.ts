import { lengthOfArriving } from './client-keys.ts';
import { DEFAULTS, LIMITS } from './defaults.ts';
import { expectedMessages, hold, peakRate, scaleDurations, scaleRates } from './load.ts';
import { type Problem, problemAt, problemWithFlag } from './problem.ts';
import * as rules from './rules.ts';
import type { Stage } from './scenario.ts';
import { atKey, blamed, fromFlag, type Report, read, type Setting, type Sources, settle } from './setting.ts';

/**
 * `rate`, `rate-per-client`, `stages` or `steps` → the stages of measure; undefined where their source is broken. Of a closed loop
 * only their length counts: it has no rate.
 *
 * @param clients  undefined where their number is broken
 * @param ownPerSecond  what groups send besides at a rate of their own
 */
export function settleStages(
  sources: Sources,
  clients: number | undefined,
  ownPerSecond: number,
  report: Report,
): Setting<readonly Stage[]> | undefined {
  const { values, broken, flags } = sources;
  const loads = LOADS.filter((key) => values[key] !== undefined || broken.has(key));
  for (const extra of loads.slice(1)) {
    report(atKey(sources, extra, `expected one load, but "${loads[0]}" is given as well as "${extra}"`));
  }
  const key = loads[0] ?? 'rate';
  const isClosed = isClosedLoop(sources);
  if (isClosed) refuseRates(sources, report);
  if (isClosed && loads.length === 0) return settleClosedLength(sources);
  if (loads.length === 0 && flags.rate === undefined && ownPerSecond === 0) {
    report(
      problemAt(
        sources.source.file,
        sources.source.locate([]),
        'missing key "rate", "rate-per-client", "stages" or "steps"',
      ),
    );
  }
  if (loads.length > 1 || broken.has(key)) return undefined;
  if (key === 'rate' || key === 'rate-per-client') return settleConstantLoad(sources, key, clients, ownPerSecond);
  const stages = values[key];
  if (values.duration !== undefined) {
    report(atKey(sources, 'duration', `expected no duration besides "${key}", which have their own`));
  }
  return stages && settleStagedLoad(sources, key, stages, report);
}

const LOADS = ['rate', 'rate-per-client', 'stages', 'steps'] as const;

/** `--closed` also makes a closed loop of a scenario that has a rate, which then counts for nothing. */
export function isClosedLoop({ closed, values }: Sources): boolean {
  return closed || values.loop === 'closed';
}

/** What is asked for in one breath with a closed loop would be ignored in silence. */
function refuseRates(sources: Sources, report: Report): void {
  const { values, flags } = sources;
  const text =
    'expected no rate in a closed loop: each sender sends again when its message has arrived, after the time `think`';
  if (flags.rate !== undefined) report(problemWithFlag(flags.rate.flag, text));
  if (values.loop !== 'closed') return;
  for (const key of ['rate', 'rate-per-client'] as const) {
    if (values[key] !== undefined) report(atKey(sources, key, text));
  }
}

function settleClosedLength(sources: Sources): Setting<readonly Stage[]> | undefined {
  const fallback = read(rules.positiveDuration(DEFAULTS.duration));
  const duration = settle(sources, 'duration', sources.values.duration, sources.flags.duration, fallback);
  return duration && { ...duration, value: [hold(1, duration.value)] };
}

/** `--rate` is the rate of all clients together, whichever key it replaces. */
function settleConstantLoad(
  sources: Sources,
  key: 'rate' | 'rate-per-client',
  clients: number | undefined,
  ownPerSecond: number,
): Setting<readonly Stage[]> | undefined {
  const { values, flags } = sources;
  if (key === 'rate-per-client' && clients === undefined) return undefined;
  const ofFile = key === 'rate' ? values.rate : values[key] && values[key] * clients!;
  const ofAll = ofFile === undefined && ownPerSecond === 0 ? undefined : (ofFile ?? 0) + ownPerSecond;
  const rate = settle(sources, key, ofAll, flags.rate, undefined);
  const defaultDuration = lengthOfArriving(values.clients) ?? read(rules.positiveDuration(DEFAULTS.duration));
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

/** At least one message in measure, and no more in warm-up and measure than there are sequence numbers. */
export function checkMessageCount(stages: Setting<readonly Stage[]>, warmup: Setting<number>): Problem | undefined {
  const measured = expectedMessages(stages.value);
  // With some slack for what floating point makes of rate · duration = 1.
  if (measured < 1 - 1e-9) return stages.blame('expected at least one message, but the rate yields none in this time');
  const total = measured + expectedMessages([hold(stages.value[0]!.fromPerSecond, warmup.value)]);
  if (total <= LIMITS.maxMessages) return undefined;
  return stages.blame(`expected at most ${LIMITS.maxMessages} messages in a run, got ${Math.round(total)}`);
}
