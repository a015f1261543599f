import { expect, it } from 'vitest';
import { type SmallResultParts, smallResult } from '../testing/small-result.ts';
import { judge } from './judge.ts';

const HOLDS = 'lost == 0';
const BREAKS = 'delivery.p95 < 1us';
const UNSENDABLE = { planned: 101, unsendable: 1 };
const NOTHING_CAME = { once: 0, lost: 100 };
const NO_TIMES = { delivery: [], service: [], fanoutFirst: [], fanoutMedian: [], fanoutLast: [] };
const SHUT_OUT = { sent: 0, unsendable: 100, acked: 0, acksExpected: 0, expected: 0, once: 0 };
const ABORTED = { expression: BREAKS, actual: '95 ms', atUs: 2_000_000 };
/** Beyond its budget, in all that it sent; what was delivered took longer still. */
const LATE = { histograms: { lateness: Array.from({ length: 100 }, () => 60_000) } };
const LOST = { expected: 101, once: 100, lost: 1 };
const FOREIGN = { run: { host: { stealRatio: 0, foreignRatio: 0.21, series: null } } };
const STOLEN = { run: { host: { stealRatio: 0.21, foreignRatio: 0.01, series: null } } };
const BARELY_STOLEN = { run: { host: { stealRatio: 0.01, foreignRatio: 0, series: null } } };
const STOOD_STILL = { health: { loopDelayMaxUs: 2_000_000 } };

it.each([
  // What decides: what the target did, then what the instrument did.
  ['all thresholds hold', {}, [HOLDS], 'pass', 0],
  ['there are no thresholds', {}, [], 'pass', 0],
  ['the target left clients without a connection', { ledger: UNSENDABLE }, [], 'fail', 4],
  [
    'nobody was let in, and the run ended by that',
    {
      ledger: SHUT_OUT,
      histograms: NO_TIMES,
      run: { aborted: { expression: 'unsendable == 0', actual: '50', atUs: 2_000_000 } },
    },
    [HOLDS],
    'fail',
    4,
  ],
  ['all that was expected is lost, whatever is asked', { ledger: NOTHING_CAME, histograms: NO_TIMES }, [], 'fail', 4],
  ['the same, where loss is allowed', { ledger: NOTHING_CAME, histograms: NO_TIMES }, ['lost <= 100'], 'fail', 4],
  ['the same, by a percentile', { ledger: NOTHING_CAME, histograms: NO_TIMES }, ['delivery.p50 < 10h'], 'fail', 4],
  [
    'clients were turned away before anything could be sent',
    { ledger: SHUT_OUT, histograms: { ...NO_TIMES, lateness: [] } },
    [HOLDS, 'delivery.p95 < 1s'],
    'fail',
    4,
  ],
  ['nothing was expected', { ledger: { expected: 0, once: 0 }, histograms: NO_TIMES }, [HOLDS], 'invalid', 5],
  ['strangers got messages', { ledger: { misrouted: 30 } }, ['misrouted == 0'], 'fail', 4],
  ['nothing was acknowledged that should be', { ledger: { acked: 0 } }, ['acked == 100%'], 'fail', 4],
  ['the protocol acknowledges nothing', { ledger: { acked: 0, acksExpected: 0 } }, ['acked == 100%'], 'pass', 0],
  [
    'quotas were used up',
    { ledger: { acked: 90, acksExpected: 90, rejected: 10, limited: 10 } },
    ['acked == 100%'],
    'pass',
    0,
  ],
  ['the server closed connections', { connections: { dropped: 1 } }, ['dropped == 0'], 'fail', 4],
  ['the same, where it is asked for', { ledger: UNSENDABLE }, ['unsendable <= 1'], 'pass', 0],
  ['one threshold breaks', {}, [HOLDS, BREAKS], 'fail', 4],
  ['messages were skipped', { ledger: { planned: 101, skipped: 1 } }, [HOLDS], 'invalid', 5],
  ['messages were skipped and a threshold breaks', { ledger: { planned: 101, skipped: 1 } }, [BREAKS], 'fail', 4],
  [
    'messages were skipped and a rate breaks',
    { ledger: { planned: 101, skipped: 1 } },
    ['sent.rate > 9000/s'],
    'invalid',
    5,
  ],
  ['a part of the run is missing', { run: { shards: { planned: 2, reported: 1 } } }, [BREAKS], 'invalid', 5],
  [
    'the generator was late, and a message leaked',
    { ...LATE, ledger: { misrouted: 1 } },
    ['misrouted == 0'],
    'fail',
    4,
  ],
  ['the generator was late, and a message lost', { ...LATE, ledger: LOST }, [HOLDS], 'fail', 4],
  ['it stood still for 2 s, and a message was lost', { ...LATE, ...STOOD_STILL, ledger: LOST }, [HOLDS], 'invalid', 5],
  ['other programs took 21 %, and a time is missed by half', FOREIGN, ['delivery.p95 < 60ms'], 'invalid', 5],
  ['other programs took 21 %, and a time is missed by far', FOREIGN, ['delivery.p95 < 1ms'], 'fail', 4],
  ['other programs took 21 %, and a message was lost', { ...FOREIGN, ledger: LOST }, [HOLDS], 'fail', 4],
  ['other programs took 21 %, and all holds', FOREIGN, ['delivery.p95 < 1s'], 'pass', 0],
  ['the hypervisor took as much', STOLEN, ['delivery.p95 < 60ms'], 'invalid', 5],
  ['what breaks is what the hypervisor took', BARELY_STOLEN, ['host.steal < 0.1%'], 'invalid', 5],
  ['a rate breaks in a sound run', {}, ['sent.rate > 9000/s'], 'fail', 4],
  ['what breaks is how late the generator was', {}, ['lateness.p99 < 1us'], 'invalid', 5],
  ['a threshold has no data', { run: { queue: null } }, ['queue.drain < 1s'], 'invalid', 5],
  ['a threshold has no data and another breaks', { run: { queue: null } }, ['queue.drain < 1s', BREAKS], 'fail', 4],
  ['a threshold cannot be read', {}, ['latency < 1s'], 'invalid', 5],
  ['the run was interrupted', { run: { interruptedBy: 'SIGINT' } }, [HOLDS], 'invalid', 130],
  [
    'a threshold ended the run, and holds by now',
    { run: { aborted: { ...ABORTED, expression: HOLDS } } },
    [HOLDS],
    'fail',
    4,
  ],
  [
    'a threshold ended the run before another had data',
    { run: { aborted: ABORTED, queue: null } },
    ['queue.drain < 1s'],
    'fail',
    4,
  ],
  ['a threshold ended the run that is asked for no longer', { run: { aborted: ABORTED } }, [], 'fail', 4],
  ['a threshold ended a run that was late', { run: { aborted: ABORTED }, samples: { oddValues: 1 } }, [], 'invalid', 5],
  ['a window is of a stage that there is not', {}, ['delivery.p95 < 1s during burst'], 'invalid', 5],
  ['the run was terminated', { run: { interruptedBy: 'SIGTERM' } }, [BREAKS], 'invalid', 143],
] as const)('%s', (_, parts: SmallResultParts, expressions, status, exitCode) => {
  expect(judge(smallResult(parts), expressions)).toMatchObject({ status, exitCode });
});

it.each([
  ['the only one that is missed', [BREAKS], 11],
  ['the first of those that are missed and have one', [HOLDS, 'delivery.p50 < 1us', BREAKS, 'delivery.mean < 1us'], 11],
  ['none that is missed', ['delivery.p50 < 1us'], 4],
  ['none that is asked for', [HOLDS], 0],
  ['one that too few values decide', ['delivery.p99.9 < 1us'], 5],
])('the exit code is that of %s: of %j %i', (_, expressions, exitCode) => {
  const result = smallResult();
  const exits = [
    { expression: HOLDS, exitCode: 10 },
    { expression: BREAKS, exitCode: 11 },
    { expression: 'delivery.mean < 1us', exitCode: 12 },
    { expression: 'delivery.p99.9 < 1us', exitCode: 13 },
  ];
  const verdict = judge({ ...result, scenario: { ...result.scenario, exits } }, expressions);
  expect(verdict.exitCode).toBe(exitCode);
});

it('tells every outcome in the order of the thresholds, with the actual value', () => {
  expect(judge(smallResult(), [BREAKS, HOLDS]).thresholds).toEqual([
    { expression: BREAKS, actual: '95 ms', ok: false },
    { expression: HOLDS, actual: '0', ok: true },
  ]);
});

it('tells what ended a run once, whatever is judged of every run', () => {
  const aborted = { expression: 'unsendable == 0', actual: '50', atUs: 2_000_000 };
  const { thresholds } = judge(smallResult({ ledger: UNSENDABLE, run: { aborted } }), []);
  expect(thresholds).toEqual([{ expression: 'unsendable == 0', actual: '50', ok: false }]);
});

it('says what is to be done by what explains it: a quota is raised, other programs are stopped', () => {
  const quota = { cores: 0.5, throttledUs: 12_000_000, throttledRatio: 0.6 };
  const remedyOf = (parts: SmallResultParts) =>
    judge(smallResult({ ...parts, health: { quota } }), ['delivery.p95 < 50ms']).warnings.find(
      ({ code }) => code === 'undecided',
    )?.remedy;
  const late = Array.from({ length: 100 }, (_, n) => (n + 1) * 900);
  expect(remedyOf({ histograms: { lateness: late } })).toContain('raise the CPU quota');
  expect(remedyOf(FOREIGN)).toContain('see that nothing else runs');
});

it('an invalid verdict always has a invalidating warning that says why', () => {
  const { warnings } = judge(smallResult({ run: { queue: null } }), ['queue.drain < 1s']);
  expect(warnings.filter((warning) => warning.invalidates)).toEqual([
    expect.objectContaining({ code: 'no-data', message: "the threshold 'queue.drain < 1s' cannot be judged: no data" }),
  ]);
});
