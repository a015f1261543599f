import { mostOf } from '../extremes.ts';
import type { Verdict } from '../gate/verdict.ts';
import { randomUnit, STREAM } from '../random.ts';
import { zeroConnections } from '../record/connection-counts.ts';
import { zeroCounts } from '../record/ledger-counts.ts';
import type { Interval, LedgerCounts } from '../record/samples.ts';
import { type RunResult, runResult } from '../result/run-result.ts';
import type { QueueSeries } from '../sampler/observations.ts';
import { encodeValues } from './encode-values.ts';
import { buildScenarioFixture, holdRate, loadFixture, populationFixture, targetFixture } from './plan-fixture.ts';

const SEED = 20_261_122;
const RATE_PER_SECOND = 1200;
const WARMUP_SECONDS = 3;
const MEASURE_SECONDS = 30;
const RUN_SECONDS = WARMUP_SECONDS + MEASURE_SECONDS;
const SECOND_US = 1_000_000;
/** The store pauses once, so that every series has something to show. */
const PAUSE_START_US = 17.2 * SECOND_US;
const PAUSE_US = 240_000;

interface Message {
  readonly intendedAtUs: number;
  readonly latenessUs: number;
  readonly ackUs: number;
  readonly deliveryUs: number;
}

/** The result of a healthy 30 s run of `burst` on `local`, the same at every call. Overrides replace whole top-level parts. */
export function buildResultFixture(overrides: Partial<RunResult> = {}): RunResult {
  healthyOnce ??= healthyRun();
  return runResult.parse({ ...healthyOnce, ...overrides });
}

/** Drawn once per process; `parse` hands out copies. */
let healthyOnce: RunResult | undefined;

/** Ledger of a run in which `lost` deliveries never arrived. */
export function lossyLedger(lost: number): LedgerCounts {
  const planned = RATE_PER_SECOND * MEASURE_SECONDS;
  return { ...ledgerOf(planned), once: planned - lost, lost };
}

/** The verdict that goes with the healthy run. */
export function buildVerdictFixture(overrides: Partial<Verdict> = {}): Verdict {
  return {
    status: 'pass',
    exitCode: 0,
    thresholds: [
      { expression: 'delivery.p95 < 170ms', actual: '8.4ms', ok: true },
      { expression: 'lost == 0', actual: '0', ok: true },
      { expression: 'connect.success == 100%', actual: '100%', ok: true },
    ],
    warnings: [],
    ...overrides,
  };
}

function healthyRun(): RunResult {
  const messages = Array.from({ length: RATE_PER_SECOND * RUN_SECONDS }, (_, index) => drawMessage(index));
  const measured = messages.filter((message) => message.intendedAtUs >= WARMUP_SECONDS * SECOND_US);
  return {
    schema: 'chatbench.result/1',
    id: 'k3f9',
    startedAt: '2026-11-22T13:05:41.208Z',
    command: ['chatbench', 'run', 'burst', '--rate', '1200', '--target', 'local'],
    completeness: { status: 'complete', reason: null },
    interruptedBy: null,
    aborted: null,
    article: null,
    scenario: burst(),
    target: {
      kind: 'local',
      topology: 'worker',
      queueType: 'classic',
      gateways: 2,
      workers: 1,
      components: [
        { name: 'redis', version: '7.0.15' },
        { name: 'rabbitmq', version: '3.10.8' },
        { name: 'postgres', version: '15.14' },
      ],
    },
    environment: {
      chatbench: '0.1.0',
      node: '24.21.0',
      os: 'Linux 6.1.0-28-amd64',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8_321_499_136,
    },
    phases: {
      warmupEndUs: WARMUP_SECONDS * SECOND_US,
      measureEndUs: RUN_SECONDS * SECOND_US,
      drainEndUs: RUN_SECONDS * SECOND_US + 7_412,
    },
    shards: { planned: 1, reported: 1 },
    seconds: null,
    schedule: { warmup: RATE_PER_SECOND * WARMUP_SECONDS, measure: RATE_PER_SECOND * MEASURE_SECONDS },
    samples: samplesOf(messages, measured),
    queue: queueOf(),
    gatewayConnections: { 'gateway-1': 25, 'gateway-2': 25 },
    gatewayRoomsLeft: 0,
    gatewaySeries: gatewaysOf(),
    processes: processesOf(),
    host: hostOf(),
    timeline: [{ atUs: PAUSE_START_US, kind: 'postgres', text: 'checkpoint starting: time' }],
  };
}

function drawMessage(index: number): Message {
  const intendedAtUs = Math.ceil((index * SECOND_US) / RATE_PER_SECOND);
  const unit = (draw: number) => randomUnit(SEED, STREAM.arrival, index * 4 + draw);
  const normal = Math.sqrt(-2 * Math.log(1 - unit(0))) * Math.cos(2 * Math.PI * unit(1));
  const inPause = intendedAtUs >= PAUSE_START_US && intendedAtUs < PAUSE_START_US + PAUSE_US;
  const pauseUs = inPause ? PAUSE_START_US + PAUSE_US - intendedAtUs : 0;
  const latenessUs = Math.floor(80 + 900 * unit(2));
  const hopsUs = Math.floor(3300 * Math.exp(0.5 * normal));
  return {
    intendedAtUs,
    latenessUs,
    ackUs: latenessUs + Math.floor(hopsUs * 0.45),
    deliveryUs: latenessUs + hopsUs + Math.floor(pauseUs),
  };
}

function burst(): RunResult['scenario'] {
  return runResult.shape.scenario.parse(
    buildScenarioFixture({
      name: 'burst',
      question: 'How long do recipients wait when 1,200 messages a second arrive at a steady pace?',
      protocol: 'reference',
      population: populationFixture(50, 2),
      load: loadFixture([holdRate(RATE_PER_SECOND, MEASURE_SECONDS)], { payloads: [{ bytes: 100, share: 1 }] }),
      phases: {
        warmupUs: WARMUP_SECONDS * SECOND_US,
        measureUs: MEASURE_SECONDS * SECOND_US,
        drainTimeoutUs: 10 * SECOND_US,
      },
      timeouts: { connectUs: 10 * SECOND_US, deliveryUs: 5 * SECOND_US },
      latenessBudgetUs: 5_000,
      target: targetFixture({ kind: 'local' }),
      seed: 42,
      thresholds: ['delivery.p95 < 170ms', 'lost == 0', 'connect.success == 100%'],
    }),
  );
}

function samplesOf(messages: readonly Message[], measured: readonly Message[]): RunResult['samples'] {
  const delivery = encodeValues(measured.map((message) => message.deliveryUs));
  return {
    histograms: {
      delivery,
      service: encodeValues(measured.map((message) => message.deliveryUs - message.latenessUs)),
      ack: encodeValues(measured.map((message) => message.ackUs)),
      lateness: encodeValues(measured.map((message) => message.latenessUs)),
      connect: encodeValues(Array.from({ length: 50 }, (_, index) => 4_000 + 190 * index)),
      connectService: encodeValues(Array.from({ length: 50 }, (_, index) => 4_000 + 190 * index)),
      fanoutFirst: delivery,
      fanoutMedian: delivery,
      fanoutLast: delivery,
      reconnect: '',
      login: '',
    },
    breakdowns: {},
    own: null,
    hops: hopsOf(measured),
    refusals: [],
    serverErrors: [],
    limiter: null,
    posts: null,
    oddValues: 0,
    ledger: ledgerOf(measured.length),
    warmupLedger: ledgerOf(messages.length - measured.length),
    examples: [],
    connections: {
      ...zeroConnections(),
      attempted: 50,
      opened: 50,
      reached: 50,
      openingUs: 124_310,
      openedPer100Ms: [38, 12],
      perEndpoint: { 'ws://127.0.0.1:41873/ws': 25, 'ws://127.0.0.1:38211/ws': 25 },
    },
    intervals: intervalsOf(messages),
    health: [
      {
        shard: 0,
        pid: 48_213,
        cpuRatio: 0.31,
        starvedRatio: 0.012,
        memoryBytes: 104_857_600,
        gcPauseUs: 61_200,
        gcPauseMaxUs: 4_310,
        loopDelayP99Us: 1_100,
        loopDelayMaxUs: 4_400,
        bufferedBytesMax: 1_842,
        openFiles: 83,
        openFilesLimit: 20_000,
        portsUsed: 50,
        portsLimit: 28_232,
      },
    ],
  };
}

/** How the time after the send is shared out among the hops of each way. */
const SHARES = {
  delivery: [
    ['to gateway', 0.05],
    ['gateway', 0.14],
    ['queue', 0.3],
    ['worker', 0.17],
    ['commit', 0.22],
    ['publish', 0.07],
    ['to recipient', 0.05],
  ],
  ack: [
    ['to gateway', 0.11],
    ['gateway', 0.31],
    ['confirm', 0.47],
    ['to sender', 0.11],
  ],
} as const;

function hopsOf(messages: readonly Message[]): RunResult['samples']['hops'] {
  const totals = { delivery: 'deliveryUs', ack: 'ackUs' } as const;
  return (['delivery', 'ack'] as const).flatMap((way) => [
    { name: 'generator', way, histogram: encodeValues(messages.map(({ latenessUs }) => latenessUs)) },
    ...SHARES[way].map(([name, share]) => ({
      name,
      way,
      histogram: encodeValues(
        messages.map((message) => Math.round((message[totals[way]] - message.latenessUs) * share)),
      ),
    })),
  ]);
}

function ledgerOf(messages: number): LedgerCounts {
  return { ...zeroCounts(), planned: messages, sent: messages, acked: messages, expected: messages, once: messages };
}

function intervalsOf(messages: readonly Message[]): Interval[] {
  return Array.from({ length: RUN_SECONDS + 1 }, (_, second) => {
    const within = (atUs: number) => Math.floor(atUs / SECOND_US) === second;
    const offered = messages.filter((message) => within(message.intendedAtUs));
    const arrived = messages.filter((message) => within(message.intendedAtUs + message.deliveryUs));
    const measured = arrived.filter((message) => message.intendedAtUs >= WARMUP_SECONDS * SECOND_US);
    const due = offered.filter((message) => message.intendedAtUs >= WARMUP_SECONDS * SECOND_US);
    const endUs = (second + 1) * SECOND_US;
    return {
      second,
      offered: offered.length,
      sent: messages.filter((message) => within(message.intendedAtUs + message.latenessUs)).length,
      skipped: 0,
      delivered: arrived.length,
      inFlight: messages.filter((m) => m.intendedAtUs < endUs && m.intendedAtUs + m.deliveryUs >= endUs).length,
      delivery: measured.length === 0 ? '' : encodeValues(measured.map((message) => message.deliveryUs)),
      due: due.length === 0 ? '' : encodeValues(due.map((message) => message.deliveryUs)),
      lost: 0,
      latenessMaxUs: mostOf(
        offered.map((message) => message.latenessUs),
        0,
      ),
      loopDelay: '',
    };
  });
}

function queueOf(): QueueSeries {
  const atUs = Array.from({ length: RUN_SECONDS * 10 + 2 }, (_, index) => index * 100_000);
  const noise = (index: number, stream: number) => randomUnit(SEED, stream, index);
  const backlog = (us: number) => {
    const sincePauseUs = us - PAUSE_START_US;
    if (sincePauseUs < 0 || sincePauseUs > PAUSE_US + 100_000) return 0;
    return Math.round(Math.min(sincePauseUs, PAUSE_US) * (RATE_PER_SECOND / SECOND_US));
  };
  const isLoaded = (us: number) => us < RUN_SECONDS * SECOND_US;
  return {
    source: 'amqp',
    intervalMs: 100,
    gaps: 0,
    atUs,
    ready: atUs.map((us, index) => (isLoaded(us) ? Math.floor(4 * noise(index, STREAM.room)) + backlog(us) : 0)),
    inFlight: atUs.map((us, index) => (isLoaded(us) ? Math.floor(9 * noise(index, STREAM.sender)) : 0)),
  };
}

function gatewaysOf(): NonNullable<RunResult['gatewaySeries']> {
  const atUs = Array.from({ length: RUN_SECONDS + 1 }, (_, second) => second * SECOND_US + 250_000);
  return { atUs, gateways: ['gateway-1', 'gateway-2'].map((name) => ({ name, connections: atUs.map(() => 25) })) };
}

/** A quiet machine: in every tenth second somebody else was given a tick. */
function hostOf(): RunResult['host'] {
  const atUs = Array.from({ length: MEASURE_SECONDS + 1 }, (_, second) => (WARMUP_SECONDS + second) * SECOND_US);
  const stealRatio = atUs.map((_, index) => (index === 0 ? null : index % 10 === 0 ? 0.005 : 0));
  return { stealRatio: 0.0005, foreignRatio: 0.004, series: { atUs, stealRatio, foreignRatio: [] } };
}

/** One look before clients connect, then one a second; a process is as busy as its share of a core, give or take. */
function processesOf(): NonNullable<RunResult['processes']> {
  const shares = {
    redis: 0.06,
    rabbitmq: 0.47,
    postgres: 0.22,
    'gateway-1': 0.31,
    'gateway-2': 0.29,
    'worker-1': 0.18,
  };
  const atUs = Array.from({ length: RUN_SECONDS + 2 }, (_, index) => (index - 1) * SECOND_US + 40_000);
  return Object.entries({ ...shares, 'generator-1': 0.31 }).map(([name, share], process) => ({
    name,
    atUs,
    cpuRatio: atUs.map((_, index) =>
      index === 0
        ? null
        : Math.round(share * 1000 * (0.9 + 0.2 * randomUnit(SEED, STREAM.room, index * 16 + process))) / 1000,
    ),
    residentBytes: atUs.map((_, index) => 60_000_000 + process * 9_000_000 + Math.min(index, 4) * 500_000),
  }));
}
