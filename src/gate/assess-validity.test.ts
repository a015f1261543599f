import { describe, expect, it } from 'vitest';
import type { RunResult } from '../result/run-result.ts';
import { protocolBlock } from '../scenario/protocol-block.ts';
import { protocolSpec } from '../scenario/protocol-spec.ts';
import { encodeValues } from '../testing/encode-values.ts';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { assessValidity, WARNING_CODES } from './assess-validity.ts';
import type { WarningCode } from './verdict.ts';

it('a sound run has no warning', () => {
  expect(assessValidity(smallResult())).toEqual([]);
});

const spoiltScenario = () => {
  const { scenario } = smallResult();
  return { ...scenario, target: { ...scenario.target, defect: 'own-copy' as const } };
};
const closedScenario = () => ({ load: { ...smallResult().scenario.load, loop: 'closed' as const } });
const many = (value: number) => Array.from({ length: 100 }, () => value);
const everyTenth = (depths: readonly number[]) => ({
  intervalMs: 100,
  atUs: Array.from({ length: depths.length * 20 }, (_, index) => index * 100_000),
  ready: depths.flatMap((depth) => Array.from({ length: 20 }, () => depth)),
  inFlight: depths.flatMap(() => Array.from({ length: 20 }, () => 0)),
});

const PAUSED = { atUs: 1_000_000, kind: 'paused', text: '' } as const;
const SKIPPING = { planned: 103, skipped: 3 };

const DESCRIBED = protocolSpec.parse(protocolBlock.parse({ send: '{body}' }));

/** By a quota of half a core, in 60 % of its periods. */
const THROTTLED = { quota: { cores: 0.5, throttledUs: 12_000_000, throttledRatio: 0.6 } } as const;

const SPOILING: readonly (readonly [WarningCode, string, SmallResultParts])[] = [
  ['no-data', 'no delivery was measured: 100 messages sent, no latency recorded', { histograms: { delivery: [] } }],
  ['no-data', 'no delivery was expected: 100 messages sent', { ledger: { expected: 0, once: 0 } }],
  ['no-data', 'lateness was not recorded', { histograms: { lateness: [] } }],
  ['interrupted', 'the run was interrupted by SIGINT', { run: { interruptedBy: 'SIGINT' } }],
  ['interrupted', 'the run was stopped by hand', { run: { interruptedBy: 'hand' } }],
  [
    'interrupted',
    'the run is partial: redis died',
    { run: { completeness: { status: 'partial', reason: 'redis died' } } },
  ],
  ['shard-lost', '1 of 3 shards did not report', { run: { shards: { planned: 3, reported: 2 } } }],
  // The budget is 50 ms for p99: the 99th of 100.
  ['lateness', 'p99 60 ms, budget 50 ms', { histograms: { lateness: [...many(100).slice(2), 60_000, 60_000] } }],
  [
    'fault-failed',
    'a fault could not be brought about: kill worker-1: no such process',
    { run: { timeline: [{ atUs: 1_000_000, kind: 'fault-failed', text: 'kill worker-1: no such process' }] } },
  ],
  ['skipped', '3 of 103 planned messages were not sent', { ledger: { planned: 103, skipped: 3 } }],
  [
    'paused',
    'arrivals were paused by hand 2 ×, for 1.5 s in all',
    {
      run: {
        timeline: [
          { atUs: 1_000_000, kind: 'paused', text: '' },
          { atUs: 1_500_000, kind: 'resumed', text: '' },
          { atUs: 2_000_000, kind: 'paused', text: '' },
        ],
      },
    },
  ],
  ['odd-values', '2 values are negative', { samples: { oddValues: 2 } }],
  ['odd-values', 'the ledger does not add up: measure has', { ledger: { expected: 101 } }],
  // A driver that leaves out the end of the schedule: what it sent adds up, and is not what was planned.
  [
    'odd-values',
    'of 100 messages that the plan has for measure, 97 came up',
    { ledger: { planned: 97, sent: 97, expected: 97, once: 97 }, run: { schedule: { warmup: 100, measure: 100 } } },
  ],
  [
    'odd-values',
    'of 101 messages that the plan has for warm-up, 100 came up',
    { run: { schedule: { warmup: 101, measure: 100 } } },
  ],
  [
    'connections-failed',
    '4 of 4 connections failed: refused × 4',
    { connections: { opened: 0, failed: 4, failures: { refused: 4 } } },
  ],
  [
    'frames-untold',
    '3 frames held several messages',
    { connections: { untoldFrames: 3 }, ledger: { once: 99, lost: 1 } },
  ],
  ['generator-cpu', 'used 97 % of a core', { health: { cpuRatio: 0.97 }, histograms: { lateness: many(30_000) } }],
  [
    'generator-starved',
    'waited for a core 30 % of the time',
    { health: { starvedRatio: 0.3 }, histograms: { lateness: many(30_000) } },
  ],
  // Of a closed loop nothing else tells: it is never late.
  ['generator-cpu', 'used 97 % of a core', { health: { cpuRatio: 0.97 }, scenario: closedScenario() }],
  [
    'generator-starved',
    'waited for a core 30 % of the time',
    { health: { starvedRatio: 0.3 }, scenario: closedScenario() },
  ],
  [
    'generator-throttled',
    'a CPU quota of 0.5 cores stopped the generator in 60 % of its periods, for 12 s in all',
    { health: { ...THROTTLED, starvedRatio: 0.3, loopDelayP99Us: 30_000 } },
  ],
  // All of the half core that it may have, in a loop that is never late.
  [
    'generator-cpu',
    'used 49 % of a core (of 50 % that its quota leaves it, closed loop',
    { health: { ...THROTTLED, cpuRatio: 0.49 }, scenario: closedScenario() },
  ],
  // On time, and yet blocked: it reads as late as it comes round.
  ['generator-cpu', 'used 97 % of a core', { health: { cpuRatio: 0.97, loopDelayP99Us: 30_000 } }],
  [
    'history-lateness',
    'reads of history went out late: p99 60',
    {
      samples: {
        traffic: [
          {
            kind: 'history',
            planned: 1,
            sent: 1,
            failed: 0,
            received: null,
            latency: '',
            lateness: encodeValues(many(60_000)),
            own: null,
          },
        ],
      },
    },
  ],
  ['generator-files', 'ran out of open files 2 times', { connections: { failures: { 'refused: EMFILE': 2 } } }],
  ['generator-ports', 'ran out of local ports 5 times', { connections: { failures: { 'refused: EADDRNOTAVAIL': 5 } } }],
];

it.each(SPOILING)('%s invalidates the run: %s', (code, message, parts) => {
  const warning = assessValidity(smallResult(parts)).find((candidate) => candidate.code === code);
  expect(warning).toMatchObject({ invalidates: true, message: expect.stringContaining(message) });
  expect(warning?.remedy).not.toBe('');
});

const OBSERVED = {
  name: 'lag',
  unit: 'number',
  source: 'redis',
  intervalMs: 1_000,
  gaps: 2,
  trouble: 'connect ECONNREFUSED 127.0.0.1:6379',
  atUs: [0, 1_000_000, 2_000_000, 3_000_000],
  values: [4, null, null, 5],
} as const;

const NOTED: readonly (readonly [WarningCode, string, SmallResultParts])[] = [
  [
    'aborted',
    "ended early, after 7 s: 'delivery.p95 < 1s' was at 2.3 s",
    {
      run: {
        aborted: { expression: 'delivery.p95 < 1s', actual: '2.3 s', atUs: 7_000_000 },
        completeness: { status: 'partial', reason: 'ended early' },
      },
    },
  ],
  ['closed-loop', 'closed loop: all figures are service times', { scenario: closedScenario() }],
  // Within its budget of 50 ms, and four tenths of what is called delivery.
  [
    'lateness-share',
    "the generator's own is in delivery: p99 40 ms beside 99 ms",
    { histograms: { lateness: many(40_000) } },
  ],
  ['connections-failed', '1 of 4 connections failed', { connections: { opened: 3, failed: 1 } }],
  ['connections-dropped', '2 of 4 connections were closed', { connections: { dropped: 2 } }],
  [
    'connections-dropped',
    '3 of 4 connections were closed by the other side: closed with 4001: session expired × 2, closed without a word × 1',
    { connections: { dropped: 3, drops: { 'closed without a word': 1, 'closed with 4001: session expired': 2 } } },
  ],
  [
    'connections-dropped',
    '1 of 4 connections ended before the run did: protocol: a masked frame, so that this side closed with 1002 × 1',
    { connections: { dropped: 1, drops: { 'protocol: a masked frame, so that this side closed with 1002': 1 } } },
  ],
  // All came through, so that nothing can have been in them.
  ['frames-untold', '3 frames held several messages', { connections: { untoldFrames: 3 } }],
  // Busy or starved, and yet on time: lateness is what counts.
  ['generator-cpu', 'used 97 % of a core', { health: { cpuRatio: 0.97 } }],
  ['generator-starved', 'waited for a core 30 % of the time (lateness p99 1 ms)', { health: { starvedRatio: 0.3 } }],
  [
    'generator-throttled',
    'a CPU quota of 0.5 cores stopped the generator in 60 % of its periods',
    { health: THROTTLED },
  ],
  [
    'warming-up',
    'p95 of delivery fell from 2.00 ms to 1.00 ms during measure: the target was still warming up',
    {
      run: { phases: { warmupEndUs: 0, measureEndUs: 8_000_000, drainEndUs: 8_000_000 } },
      samples: {
        intervals: Array.from({ length: 8 }, (_, second) => ({
          ...smallResult().samples.intervals[0]!,
          second,
          due: encodeValues(many(second < 4 ? 2_000 : 1_000)),
        })),
      },
    },
  ],
  [
    'host-foreign',
    "other programs used 21 % of this machine's CPU time while it measured",
    { run: { host: { stealRatio: 0, foreignRatio: 0.21, series: null } } },
  ],
  [
    'generator-blocked',
    'the generator stood still for 280 ms, until second 1: it neither sent nor read meanwhile',
    {
      health: { loopDelayMaxUs: 280_000 },
      samples: {
        intervals: smallResult().samples.intervals.map((interval) =>
          interval.second === 1 ? { ...interval, loopDelay: encodeValues([280_000]) } : interval,
        ),
      },
    },
  ],
  [
    'host-steal',
    "the hypervisor took 8.1 % of this machine's CPU time while it measured",
    { run: { host: { stealRatio: 0.0812, foreignRatio: null, series: null } } },
  ],
  ['generator-gc', 'up to 51 ms', { health: { gcPauseMaxUs: 51_000 } }],
  ['generator-gc', '10 % of the time', { health: { gcPauseUs: 300_000 } }],
  ['generator-files', 'used 95 % of its open files', { health: { openFiles: 950 } }],
  ['generator-buffered', 'up to 2.1 MB waited', { health: { bufferedBytesMax: 2_097_152 } }],
  [
    'warmup-loss',
    '1 of 100 deliveries of the warm-up',
    { samples: { warmupLedger: { ...smallResult().samples.ledger, once: 99, lost: 1 } } },
  ],
  [
    'no-history',
    'a described protocol has no history',
    {
      scenario: { protocol: DESCRIBED, reconnect: { backoff: 'full-jitter', baseUs: 1, maxUs: 1 } },
      connections: { left: 1, returned: 1 },
      ledger: { once: 99, lost: 1 },
    },
  ],
  ['misrouted', '7 deliveries reached clients', { ledger: { misrouted: 7 } }],
  [
    'connect-pace',
    'connects began up to 2.8 s after they were due: the pace of 1,000/s was not kept',
    {
      connections: { paceLagUs: 2_800_000 },
      scenario: { population: { ...smallResult().scenario.population, connectPerSecond: 1_000 } },
    },
  ],
  ['duplicated', '30 deliveries of 100 came again', { ledger: { duplicated: 30 } }],
  ['reordered', '1 delivery of 100 came after a later message', { ledger: { reordered: 1 } }],
  ['rejected', 'answered 8 of 100 messages with an error', { ledger: { rejected: 8 } }],
  ['limited', 'refused 95 of 100 messages (95 %) by a rate limit', { ledger: { rejected: 95, limited: 95 } }],
  ['rooms-left', 'still held 3 rooms', { run: { gatewayRoomsLeft: 3 } }],
  [
    'tls-unverified',
    'its certificate was not verified (--insecure)',
    { run: { target: { ...smallResult().target, unverified: true } } },
  ],
  ['target-defect', 'made to fail: --defect own-copy', { run: { scenario: spoiltScenario() } }],
  ['queue-unobserved', 'not sampled', { run: { queue: null } }],
  ['queue-unobserved', 'not sampled', { queue: { atUs: [], ready: [], inFlight: [] } }],
  ['queue-gaps', 'of 7 readings of the queue 1 failed and 0 lack', { queue: { gaps: 1 } }],
  ['queue-gaps', 'of 6 readings of the queue 0 failed and 1 lack', { queue: { inFlight: [0, 0, null, 0, 0, 0] } }],
  // A depth that moves only every 2 s although it is read every 100 ms: the source's own refresh.
  ['queue-plateau', 'no more often than every 2 s', { queue: everyTenth([0, 40, 90, 30, 0]) }],
  [
    'observed-gaps',
    'lag 2 of 4 (connect ECONNREFUSED 127.0.0.1:6379); rows 1 of 3 (its source is too slow)',
    {
      run: {
        observed: [OBSERVED, { ...OBSERVED, name: 'rows', gaps: 1, trouble: null, atUs: [0, 1], values: [1, 2] }],
      },
    },
  ],
];

it.each(NOTED)('%s is told and does not spoil the run: %s', (code, message, parts) => {
  const warnings = assessValidity(smallResult(parts));
  expect(warnings).toEqual([
    expect.objectContaining({ code, invalidates: false, message: expect.stringContaining(message) }),
  ]);
  expect(warnings[0]?.remedy).not.toBe('');
});

it('refusals beyond a quota are as they should be where the run has set it', () => {
  const { target } = smallResult().scenario;
  const scenario = { target: { ...target, rateLimit: { kind: 'sliding', limit: 10, windowMs: 1000 } as const } };
  expect(assessValidity(smallResult({ scenario, ledger: { rejected: 95, limited: 95 } }))).toEqual([]);
});

it('says how a limit is declared, and that one of a server at an address cannot be', () => {
  const remedyOf = (kind: 'local' | 'external') => {
    const target = { ...smallResult().scenario.target, kind };
    const warnings = assessValidity(smallResult({ scenario: { target }, ledger: { rejected: 5, limited: 5 } }));
    return warnings.find(({ code }) => code === 'limited')?.remedy;
  };
  expect(remedyOf('local')).toContain('declare the limit with --rate-limit, or lower the rate');
  expect(remedyOf('external')).toMatch(/^lower the rate until nothing is refused/);
});

it.each([0.02, null])('a steal of %s is no warning', (stealRatio) => {
  expect(assessValidity(smallResult({ run: { host: { stealRatio, foreignRatio: null, series: null } } }))).toEqual([]);
});

it('a run that ended early need not have come to the end of its plan, and a closed loop has none', () => {
  const ledger = { planned: 60, sent: 60, expected: 60, once: 60 };
  const schedule = { warmup: 100, measure: 100 };
  const completeness = { status: 'partial', reason: 'ended early' } as const;
  const codes = (parts: SmallResultParts) => assessValidity(smallResult(parts)).map(({ code }) => code);
  expect(codes({ ledger, run: { schedule, completeness } })).not.toContain('odd-values');
  expect(codes({ ledger, run: { schedule: null } })).not.toContain('odd-values');
});

it.each([
  ['a seventh of delivery', 3_200, 22_800],
  ['all of a delivery on the loopback that takes no millisecond', 900, 950],
])('lateness is no warning where it is %s', (_, latenessUs, deliveryUs) => {
  const histograms = { lateness: many(latenessUs), delivery: many(deliveryUs) };
  expect(assessValidity(smallResult({ histograms }))).toEqual([]);
});

it('lateness is no reason to lower the rate where the generator has hardly anything to do', () => {
  const remedyAt = (cpuRatio: number) =>
    assessValidity(smallResult({ histograms: { lateness: many(40_000) }, health: { cpuRatio } }))[0]?.remedy;
  expect(remedyAt(0.04)).toMatch(/^give the generator a core of its own/);
  expect(remedyAt(0.7)).toMatch(/^lower the rate, give the generator a core/);
});

it('lateness over its budget is told once, as what invalidates the run', () => {
  const warnings = assessValidity(smallResult({ histograms: { lateness: many(60_000) } }));
  expect(warnings.map(({ code }) => code)).toEqual(['lateness']);
});

it('where a quota stops the generator, it is the quota that is to be raised, and nothing to be stopped', () => {
  const parts = {
    health: { ...THROTTLED, starvedRatio: 0.6, loopDelayMaxUs: 280_000 },
    histograms: { lateness: many(60_000) },
  };
  const remedies = assessValidity(smallResult(parts)).map(({ code, remedy }) => [code, remedy] as const);
  expect(remedies.map(([code]) => code)).toEqual(['lateness', 'generator-throttled', 'generator-blocked']);
  for (const [, remedy] of remedies) {
    expect(remedy).toContain('raise the CPU quota');
    expect(remedy).not.toMatch(/stop what else runs|core of its own|see what else runs/);
  }
});

it('a quota that stops the generator hardly ever is not told', () => {
  const quota = { cores: 1.5, throttledUs: 90_000, throttledRatio: 0.01 };
  expect(assessValidity(smallResult({ health: { quota } }))).toEqual([]);
});

it('every kind of warning has a case above', () => {
  const shown = new Set([...SPOILING, ...NOTED].map(([code]) => code));
  expect(WARNING_CODES.filter((code) => !shown.has(code))).toEqual([]);
});

it('knows nothing of the queue of a server at an address, and does not complain', () => {
  const target = {
    kind: 'external',
    topology: null,
    queueType: null,
    gateways: null,
    workers: null,
    components: [],
  } as const;
  expect(assessValidity(smallResult({ run: { queue: null, target: { ...target, components: [] } } }))).toEqual([]);
});

it('knows that a topology without workers has no queue, and does not complain', () => {
  const { target } = smallResult({});
  const pubsub = { ...target, topology: 'pubsub', workers: 0 };
  expect(assessValidity(smallResult({ run: { queue: null, target: pubsub } }))).toEqual([]);
});

it('a queue that is seen to move often is no plateau, even if it rests now and then', () => {
  expect(assessValidity(smallResult({ queue: everyTenth([0, 5]) }))).toEqual([]);
  const ready = [0, 1, 2, ...Array.from({ length: 30 }, () => 2), 1, 0];
  const atUs = ready.map((_, index) => index * 100_000);
  const inFlight = ready.map(() => 0);
  expect(assessValidity(smallResult({ queue: { atUs, ready, inFlight } }))).toEqual([]);
});

it('says where connections are raised, where messages are HTTP requests that may have waited for one', () => {
  const remedyOf = (posts: RunResult['samples']['posts']) =>
    assessValidity(smallResult({ histograms: { lateness: many(60_000) }, samples: { posts } }))[0]?.remedy;
  expect(remedyOf({ latency: '', perSecond: [] })).toContain('raise `connections` of `send: http`');
  expect(remedyOf(null)).not.toContain('connections');
});

describe('one cause is one reason', () => {
  const codes = (run: SmallResultParts['run']) =>
    assessValidity(smallResult({ ledger: SKIPPING, run: run! })).flatMap(({ code, invalidates }) =>
      invalidates ? [code] : [],
    );

  it.each([
    ['skipped', {}, ['skipped']],
    ['paused by hand, so that messages were skipped', { timeline: [PAUSED] }, ['paused']],
    ['paused and then stopped by hand', { timeline: [PAUSED], interruptedBy: 'hand' }, ['interrupted']],
  ] as const)('%s', (_, run, told) =>
    expect(codes({ ...run, timeline: 'timeline' in run ? [...run.timeline] : [] })).toEqual(told),
  );
});
