import { lowestValueOf, type SparseHistogram } from '../record/histogram.ts';
import type { LiveUpdate } from '../record/live-update.ts';

/** A metric of a run under way, in base units (seconds, messages), for whoever collects such. */
export interface LiveMetric {
  /** Without the suffix that a format may want, such as `_total`. */
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** UCUM: "s", "{message}". */
  readonly unit: string;
  readonly points: readonly MetricPoint[];
  /** Of a histogram; null otherwise. */
  readonly distribution: Distribution | null;
}

export interface MetricPoint {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Distribution {
  /** Upper bounds, seconds, ascending. */
  readonly bounds: readonly number[];
  /** Values at or below each bound and above the one before; the last: above them all. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export interface LiveMetrics {
  /** Adds a second of the run; `delivery` holds the latencies of what arrived in it. */
  observe(update: LiveUpdate, delivery: SparseHistogram): void;
  /** As it stands. What has no data has no point, never a 0. */
  list(): readonly LiveMetric[];
}

/** Names what is run: labels of `chatbench_run`. */
export type RunLabels = Readonly<Record<'run' | 'scenario' | 'target', string>>;

/** Seconds. */
export const LATENCY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Gathers the metrics of one run, in memory that does not grow with it. */
export function gatherLiveMetrics(run: RunLabels): LiveMetrics {
  const counts = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  let sumUs = 0;
  let offered = 0;
  let latest: LiveUpdate | null = null;
  return {
    observe(update, delivery) {
      latest = update;
      offered += update.offeredPerSecond;
      sumUs += delivery.sumUs;
      addToBounds(counts, delivery);
    },
    list() {
      const distribution = {
        bounds: LATENCY_BOUNDS,
        counts: [...counts],
        sum: sumUs / 1e6,
        count: counts.reduce((sum, count) => sum + count, 0),
      };
      const info = gauge('run', 'What is run: the labels tell.', '1', [{ labels: run, value: 1 }]);
      if (latest === null) return [info];
      return [info, ...countersOf(latest, offered), ...gaugesOf(latest), histogram(distribution)];
    },
  };
}

function countersOf(update: LiveUpdate, offered: number): readonly LiveMetric[] {
  const counter = (name: string, help: string, value: number): LiveMetric => ({
    name: `chatbench_${name}`,
    help,
    kind: 'counter',
    unit: '{message}',
    points: [{ labels: {}, value }],
    distribution: null,
  });
  return [
    counter('messages_offered', 'Messages that the schedule wanted to be sent by now.', offered),
    counter('messages_sent', 'Messages sent.', update.sent),
    counter('messages_skipped', 'Messages that were due and could not be sent.', update.skipped),
    counter('deliveries', 'Deliveries received by their recipients.', update.delivered),
  ];
}

function gaugesOf(update: LiveUpdate): readonly LiveMetric[] {
  const { last } = update;
  const quantiles =
    last === null
      ? []
      : ([
          ['0.5', last.p50Us],
          ['0.95', last.p95Us],
          ['0.99', last.p99Us],
        ] as const);
  const single = (value: number | null) => (value === null ? [] : [{ labels: {}, value }]);
  return [
    gauge(
      'delivery_latency_last_second_seconds',
      'Delivery latency of what arrived in the last second, by quantile.',
      's',
      quantiles.map(([quantile, us]) => ({ labels: { quantile }, value: us / 1e6 })),
    ),
    gauge(
      'lateness_max_seconds',
      'Largest lateness of a send in the last second.',
      's',
      single(update.latenessMaxUs / 1e6),
    ),
    gauge(
      'messages_in_flight',
      'Messages sent and not yet delivered to everyone.',
      '{message}',
      single(update.inFlight),
    ),
    gauge('queue_ready_messages', 'Messages waiting in the queue.', '{message}', single(update.queueReady)),
    gauge('queue_in_flight_messages', 'Messages handed to workers.', '{message}', single(update.queueInFlight)),
    gauge(
      'observed',
      'What the scenario observes beside the run, in base units.',
      '1',
      (update.observed ?? []).flatMap(({ name, value }) => (value === null ? [] : [{ labels: { name }, value }])),
    ),
    gauge(
      'connections_opened',
      'Connections opened, by endpoint.',
      '{connection}',
      update.connections.map(({ endpoint, opened }) => ({ labels: { endpoint }, value: opened })),
    ),
    gauge('phase', 'The phase that the run is in: 1 for that, no sample for others.', '1', [
      { labels: { phase: update.phase }, value: 1 },
    ]),
    gauge('elapsed_seconds', 'Time since run start.', 's', single(update.elapsedUs / 1e6)),
  ].filter(({ points }) => points.length > 0);
}

function gauge(name: string, help: string, unit: string, points: readonly MetricPoint[]): LiveMetric {
  return { name: `chatbench_${name}`, help, kind: 'gauge', unit, points, distribution: null };
}

function histogram(distribution: Distribution): LiveMetric {
  return {
    name: 'chatbench_delivery_latency_seconds',
    help: 'Delivery latency from the intended send time, measured messages only.',
    kind: 'histogram',
    unit: 's',
    points: [],
    distribution,
  };
}

function addToBounds(counts: number[], { pairs }: SparseHistogram): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const seconds = lowestValueOf(pairs[i] ?? 0) / 1e6;
    const bound = LATENCY_BOUNDS.findIndex((upper) => seconds <= upper);
    const place = bound === -1 ? LATENCY_BOUNDS.length : bound;
    counts[place] = (counts[place] ?? 0) + (pairs[i + 1] ?? 0);
  }
}
