import { zeroConnections } from '../record/connection-counts.ts';
import { zeroCounts } from '../record/ledger-counts.ts';
import { type RunResult, runResult } from '../result/run-result.ts';
import { encodeValues } from './encode-values.ts';
import { buildScenarioFixture, holdRate, loadFixture, populationFixture } from './plan-fixture.ts';

/** Parts of a result, each replacing fields of the sound run's part. */
export interface SmallResultParts {
  readonly run?: Partial<RunResult>;
  readonly scenario?: Partial<RunResult['scenario']>;
  readonly samples?: Partial<RunResult['samples']>;
  readonly histograms?: Partial<Record<keyof RunResult['samples']['histograms'], readonly number[]>>;
  readonly ledger?: Partial<RunResult['samples']['ledger']>;
  readonly connections?: Partial<RunResult['samples']['connections']>;
  readonly health?: Partial<RunResult['samples']['health'][number]>;
  readonly queue?: Partial<NonNullable<RunResult['queue']>>;
}

/**
 * A sound run, small enough to check by hand: 1 s of warm-up, 2 s of measure, 100 messages among 4 clients in pairs with
 * delivery latencies 1, 2 … 100 ms, lateness 1 ms each, and a queue that is seen at depth 3 once.
 */
export function smallResult(parts: SmallResultParts = {}): RunResult {
  const hundred = Array.from({ length: 100 }, (_, index) => (index + 1) * 1000);
  const times = {
    delivery: hundred,
    service: hundred.map((us) => us - 1000),
    ack: hundred.map((us) => us / 2),
    lateness: hundred.map(() => 1000),
    connect: [2000, 3000, 4000, 5000],
    connectService: [2000, 3000, 4000, 5000],
    fanoutFirst: hundred,
    fanoutMedian: hundred,
    fanoutLast: hundred,
    reconnect: [],
    login: [],
    ...parts.histograms,
  };
  const histograms = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, encodeOnce(values)]));
  return {
    schema: 'chatbench.result/1',
    id: 'tiny',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: ['chatbench', 'run', 'small'],
    completeness: { status: 'complete', reason: null },
    interruptedBy: null,
    aborted: null,
    article: null,
    scenario: { ...SCENARIO, ...parts.scenario },
    target: { kind: 'embedded', topology: 'worker', queueType: null, gateways: 2, workers: 1, components: [] },
    environment: { chatbench: '0.1.0', node: '24.0.0', os: 'Linux', cpu: 'any', cores: 2, memoryBytes: 1 },
    phases: { warmupEndUs: 1_000_000, measureEndUs: 3_000_000, drainEndUs: 3_100_000 },
    shards: { planned: 1, reported: 1 },
    schedule: { warmup: LEDGER.planned, measure: parts.ledger?.planned ?? LEDGER.planned },
    seconds: null,
    queue: { ...QUEUE, ...parts.queue },
    gatewayConnections: { 'gateway-1': 1, 'gateway-2': 1 },
    gatewayRoomsLeft: 0,
    gatewaySeries: null,
    processes: null,
    host: { stealRatio: 0, foreignRatio: null, series: null },
    timeline: [],
    ...parts.run,
    samples: {
      histograms: histograms as RunResult['samples']['histograms'],
      own: null,
      breakdowns: {},
      hops: [],
      refusals: [],
      serverErrors: [],
      limiter: null,
      posts: null,
      oddValues: 0,
      ledger: { ...LEDGER, ...parts.ledger },
      warmupLedger: LEDGER,
      examples: [],
      connections: { ...CONNECTIONS, ...parts.connections },
      intervals: [0, 1, 2].map((second) => ({ ...INTERVAL, second })),
      health: [{ ...HEALTH, ...parts.health }],
      ...parts.samples,
    },
  };
}

// Encoding costs milliseconds, and property tests ask for the same few histograms hundreds of times.
const encoded = new Map<string, string>();

function encodeOnce(values: readonly number[]): string {
  const key = values.join();
  const known = encoded.get(key) ?? encodeValues(values);
  encoded.set(key, known);
  return known;
}

const SCENARIO = runResult.shape.scenario.parse(
  buildScenarioFixture({
    name: 'small',
    question: 'Is the sum right?',
    protocol: 'reference',
    population: populationFixture(4, 2),
    load: loadFixture([holdRate(50, 2)], { payloads: [{ bytes: 100, share: 1 }] }),
    phases: { warmupUs: 1_000_000, measureUs: 2_000_000, drainTimeoutUs: 10_000_000 },
    timeouts: { connectUs: 10_000_000, deliveryUs: 5_000_000 },
  }),
);

const LEDGER: RunResult['samples']['ledger'] = {
  ...zeroCounts(),
  planned: 100,
  sent: 100,
  acksExpected: 100,
  acked: 100,
  expected: 100,
  once: 100,
};

const CONNECTIONS: RunResult['samples']['connections'] = {
  ...zeroConnections(),
  attempted: 4,
  opened: 4,
  reached: 4,
  openingUs: 10_000,
};

const INTERVAL: RunResult['samples']['intervals'][number] = {
  second: 0,
  offered: 50,
  sent: 50,
  skipped: 0,
  delivered: 40,
  inFlight: 0,
  delivery: '',
  due: '',
  lost: 0,
  latenessMaxUs: 1000,
  loopDelay: '',
};

const HEALTH: RunResult['samples']['health'][number] = {
  shard: 0,
  pid: 1,
  cpuRatio: 0.3,
  starvedRatio: 0.01,
  memoryBytes: 1,
  gcPauseUs: 1000,
  gcPauseMaxUs: 500,
  loopDelayP99Us: 1000,
  loopDelayMaxUs: 2000,
  bufferedBytesMax: 100,
  openFiles: 50,
  openFilesLimit: 1000,
  portsUsed: 50,
  portsLimit: 28_232,
};

const QUEUE: NonNullable<RunResult['queue']> = {
  source: 'in-process',
  intervalMs: 500,
  gaps: 0,
  atUs: [500_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000],
  ready: [9, 0, 2, 0, 0, 0],
  inFlight: [0, 0, 1, 0, 0, 0],
};
