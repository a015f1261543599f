import type { RunResult } from '../../result/run-result.ts';
import { parseBytes, parseDurationUs, parseNumber, parseRatePerSecond, parseRatio } from '../../units.ts';
import type { Drift, DriftLimit, DriftUnit } from './drift.ts';

const PARSE = {
  us: parseDurationUs,
  number: parseNumber,
  perSecond: parseRatePerSecond,
  bytes: parseBytes,
  cores: parseRatio,
} as const;

const EXPRESSION = /^\s*(\S+)\s*(<=?|>=?)\s*(\S+)/;

/**
 * What is met first at a slope: a threshold of the scenario on that figure, or, of memory, the end of this machine's. Null where
 * nothing is in its way.
 */
export function findLimit(drift: Omit<Drift, 'limit'>, { scenario, environment }: RunResult): DriftLimit | null {
  const isRising = drift.perHour > 0;
  const bounds = scenario.thresholds.flatMap((expression) => {
    const [, metric = '', sign = '', text = ''] = EXPRESSION.exec(expression) ?? [];
    if (!namesOf(drift).includes(metric) || sign.startsWith('<') !== isRising) return [];
    const value = readBound(drift.unit, text);
    return value === null ? [] : [{ name: expression, value }];
  });
  if (drift.kind === 'memory' && isRising && environment.memoryBytes > 0)
    bounds.push({ name: 'the memory of this machine', value: environment.memoryBytes });
  const [first] = bounds
    .map((bound) => ({ ...bound, ...hoursTo(bound.value, drift) }))
    .sort((one, other) => one.inHours - other.inHours);
  return first ?? null;
}

/** As thresholds call it. */
function namesOf({ name, kind }: Omit<Drift, 'limit'>): readonly string[] {
  if (kind === 'latency') return [name];
  if (kind === 'queue') return ['queue.depth.max', 'observed.queue.max', 'observed.queue.last', 'observed.queue.mean'];
  return ['max', 'min', 'mean', 'last'].map((statistic) => `observed.${name}.${statistic}`);
}

function readBound(unit: DriftUnit, text: string): number | null {
  const parsed = PARSE[unit](text);
  return parsed.ok ? parsed.value : null;
}

function hoursTo(bound: number, { to, perHour, lowPerHour, highPerHour }: Omit<Drift, 'limit'>) {
  const way = bound - to;
  // Beyond the bound already, or just at it.
  const hours = (slope: number) => Math.max(0, way / slope);
  const [one, other] = [hours(lowPerHour), hours(highPerHour)];
  return { inHours: hours(perHour), earliestHours: Math.min(one, other), latestHours: Math.max(one, other) };
}
