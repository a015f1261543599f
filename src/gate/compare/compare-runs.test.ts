import { describe, expect, it } from 'vitest';
import { randomBelow } from '../../random.ts';
import { smallResult } from '../../testing/small-result.ts';
import { ALPHA, type CompareOptions, compareRuns } from './compare-runs.ts';
import { COUNT_NAMES, type CountName } from './count-names.ts';
import { type RunSample, sampleRun } from './run-sample.ts';
import { DEFAULT_TOLERANCES, parseTolerances, type Tolerances } from './tolerances.ts';

const NONE = Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as RunSample['counts'];
const QUIET = { stealRatio: 0.001, latenessUs: 400 };
const SEED = 20_261_122;
const OPTIONS: CompareOptions = { tolerances: tolerances(DEFAULT_TOLERANCES), floorUs: 1000 };

function tolerances(text: string): Tolerances {
  const parsed = parseTolerances(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** Runs whose p50, p95 and p99 are 1, 2 and 4 times these, in µs. */
function runs(p50s: readonly number[], change: Partial<RunSample> = {}) {
  return p50s.map((us, index): RunSample => {
    const timesUs = { 'delivery.p50': us, 'delivery.p95': 2 * us, 'delivery.p99': 4 * us };
    return { id: `run-${index}`, problem: null, ...QUIET, timesUs, counts: NONE, ...change };
  });
}

function compare(base: readonly RunSample[], head: readonly RunSample[], options = OPTIONS) {
  return compareRuns({ label: 'before', runs: base }, { label: 'after', runs: head }, options);
}

const BASE = [20_000, 20_500, 21_000, 21_500, 22_000];
const times = (factor: number) => BASE.map((us) => us * factor);

describe('a comparison', () => {
  it('of the same runs passes, with a reason', () => {
    expect(compare(runs(BASE), runs(BASE))).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      reasons: ['no regression found'],
    });
  });

  it('fails where five runs are apart from five by more than tolerance and floor, and names metric, size and certainty', () => {
    const { verdict, exitCode, reasons } = compare(runs(BASE), runs(times(1.2)));
    expect({ verdict, exitCode }).toEqual({ verdict: 'fail', exitCode: 4 });
    // p50 and p95 exceed their 10 % and 15 %; p99 may be 25 % slower. Three times 1/252 is 0.0119.
    expect(reasons).toEqual([
      'delivery.p50 is worse: 21 ms → 25.2 ms, × 1.20 (+4.2 ms), p = 0.0119, tolerance 10 %',
      'delivery.p95 is worse: 42 ms → 50.4 ms, × 1.20 (+8.4 ms), p = 0.0119, tolerance 15 %',
    ]);
  });

  it.each([
    ['the ratio is within the tolerance', runs(times(1.09)), OPTIONS],
    ['the difference is below the floor', runs(times(1.2)), { ...OPTIONS, floorUs: 20_000 }],
    ['the test is not sure', runs([...times(1.2).slice(1), 19_000]), OPTIONS],
    ['head is faster', runs(times(0.5)), OPTIONS],
  ])('passes where %s', (_, head, options) => expect(compare(runs(BASE), head, options).verdict).toBe('pass'));

  it.each(COUNT_NAMES)('fails on a single %s more, also of one run against one', (name) => {
    const worse = runs([20_000], { counts: { ...NONE, [name]: 3 } });
    expect(compare(runs([20_000]), worse)).toMatchObject({
      verdict: 'fail',
      exitCode: 4,
      reasons: [`${name}: 3 in the worst run, 0 in base`],
    });
    expect(compare(worse, runs([20_000])).verdict).not.toBe('fail');
  });

  describe('where sound runs of base have some', () => {
    /** Some 0 to 9 in a run, as of a server that is harmed on purpose. */
    const some = (name: CountName, size: number, draw: number) =>
      runs(BASE.concat(BASE).slice(0, size)).map((run, index) => {
        return { ...run, counts: { ...NONE, [name]: randomBelow(SEED, draw, index, 10) } };
      });

    it.each(COUNT_NAMES)('%s: at most 1 in 50 comparisons of equal sides fails', (name) => {
      const alarms = Array.from({ length: 200 }, (_, draw) => {
        const all = some(name, 10, draw);
        // What a count that base does not have says is another matter.
        return all.slice(0, 5).some(({ counts }) => counts[name] > 0) ? compare(all.slice(0, 5), all.slice(5)) : null;
      }).filter((comparison) => comparison !== null && comparison.verdict !== 'pass');
      expect(alarms.length).toBeLessThanOrEqual(4);
    });

    describe.each(COUNT_NAMES)('%s', (name) => {
      const side = (counts: readonly number[]) =>
        runs(Array.from(counts, () => 20_000)).map((run, index) => ({
          ...run,
          counts: { ...NONE, [name]: counts[index]! },
        }));
      const from = (first: number) => side(Array.from({ length: 9 }, (_, index) => first + index));

      it.each([
        ['a tenth of a percent more, in every run', from(10_000), from(10_010), OPTIONS, 'pass'],
        ['a twentieth more, in every run', from(10_000), from(10_500), OPTIONS, 'pass'],
        [
          'the same, where less is tolerated',
          from(10_000),
          from(10_500),
          { ...OPTIONS, tolerances: tolerances(`p50=10%,${name}=2%`) },
          'fail',
        ],
        ['a fifth more', from(10_000), from(12_000), OPTIONS, 'fail'],
        [
          'the same, where it is tolerated',
          from(10_000),
          from(12_000),
          { ...OPTIONS, tolerances: tolerances(`${name}=25%`) },
          'pass',
        ],
        ['five where one was', side(Array(9).fill(1)), side(Array(9).fill(5)), OPTIONS, 'pass'],
        [
          'the same with a floor of 3',
          side(Array(9).fill(1)),
          side(Array(9).fill(5)),
          { ...OPTIONS, floorCount: 3 },
          'fail',
        ],
        ['seven where one was', side(Array(9).fill(1)), side(Array(9).fill(7)), OPTIONS, 'fail'],
        ['one where none was', side(Array(9).fill(0)), side([0, 0, 0, 0, 0, 0, 0, 0, 1]), OPTIONS, 'fail'],
      ] as const)('%s', (_, base, head, options, verdict) =>
        expect(compare(base, head, options).verdict).toBe(verdict),
      );
    });

    it.each(COUNT_NAMES)('%s: more over all runs fails, with how sure it is', (name) => {
      const times10 = (run: RunSample) => ({ ...run, counts: { ...NONE, [name]: run.counts[name] + 10 } });
      const base = some(name, 5, 1);
      const worst = Math.max(...base.map(({ counts }) => counts[name]));
      expect(compare(base, base.map(times10))).toMatchObject({
        verdict: 'fail',
        reasons: [
          `${name}: ${worst + 10} in the worst run, ${worst} in base, more over all runs: × 2.67 (+10), p = 0.0159, tolerance 10 %`,
        ],
      });
      // So few runs can say nothing of a count that comes and goes.
      expect(compare(base.slice(1), base.slice(1).map(times10))).toMatchObject({
        verdict: 'inconclusive',
        reasons: ['too few runs: 4 against 4 can show nothing about 3 times and 1 count, expected at least 5 each'],
      });
    });
  });

  it.each([
    ['four against five', runs(BASE.slice(1)), runs(BASE), /^too few runs: 4 against 5 .* at least 5 each$/],
    ['one against one', runs([1]), runs([99_000]), /^too few runs/],
    ['nothing against five', [], runs(BASE), /^before has no runs$/],
    ['an invalid run', runs(BASE), runs(times(2), { problem: 'late' }), /^after: run run-0 is invalid: late$/],
    [
      'an invalid run with losses',
      runs(BASE),
      runs(BASE, { problem: 'late', counts: { ...NONE, lost: 9 } }),
      /invalid/,
    ],
    [
      'a run without data',
      runs(BASE),
      runs(BASE, { timesUs: { 'delivery.p50': 1, 'delivery.p95': null, 'delivery.p99': 1 } }),
      /^delivery\.p95 has no data in head$/,
    ],
  ])('is inconclusive with %s', (_, base, head, reason) => {
    const { verdict, exitCode, reasons, times: told } = compare(base, head);
    expect({ verdict, exitCode }).toEqual({ verdict: 'inconclusive', exitCode: 5 });
    expect(reasons[0]).toMatch(reason);
    expect(told.some(({ regressed }) => regressed)).toBe(false);
  });

  describe('where the hypervisor disturbed one side alone', () => {
    /** Head is 1.2 times as slow; its generator is as late as that of base, times `factor`. */
    const disturbed = (factor: number, change: Partial<RunSample> = {}) =>
      runs(times(1.2), { stealRatio: 0.09, latenessUs: 400 * factor, ...change });

    it('fails for what has grown more than the lateness of the generator, with a caution', () => {
      const { verdict, reasons, cautions } = compare(runs(BASE), disturbed(1.05));
      expect({ verdict, worse: reasons.length }).toEqual({ verdict: 'fail', worse: 2 });
      expect(cautions).toEqual([
        "the hypervisor took 0.1 % of the CPU time in base's runs and 9 % in head's (medians); the generator's own lateness is × 1.05: what differs may be the machine; chatbench ab measures both sides in turn",
      ]);
    });

    it('is inconclusive about what has grown less than the lateness of the generator, which may be the machine', () => {
      const comparison = compare(runs(BASE), disturbed(3));
      expect(comparison).toMatchObject({ verdict: 'inconclusive', exitCode: 5, cautions: [] });
      expect(comparison.reasons).toEqual([
        "delivery.p50 × 1.20, delivery.p95 × 1.20: worse, but the hypervisor took 0.1 % of the CPU time in base's runs and 9 % in head's (medians); the generator's own lateness is × 3.00: what differs may be the machine; chatbench ab measures both sides in turn",
      ]);
      expect(comparison.times.some(({ regressed }) => regressed)).toBe(false);
    });

    it('fails for a count, which no machine makes', () => {
      expect(compare(runs(BASE), disturbed(3, { counts: { ...NONE, lost: 3 } }))).toMatchObject({
        verdict: 'fail',
        reasons: ['lost: 3 in the worst run, 0 in base'],
        cautions: [expect.stringContaining('× 3.00')],
      });
    });

    it('fails where base was the one: head is worse in spite of it', () => {
      const loud = runs(BASE, { stealRatio: 0.09, latenessUs: 1_200 });
      const { verdict, cautions } = compare(loud, runs(times(1.2)));
      expect({ verdict, told: cautions.length }).toEqual({ verdict: 'fail', told: 1 });
    });

    it('takes both for alike below the limit of a trial, below twice the other, or where it is not known', () => {
      for (const [before, after] of [[0, 0.019] as const, [0.06, 0.11] as const, [null, null] as const]) {
        const comparison = compare(runs(BASE, { stealRatio: before }), disturbed(3, { stealRatio: after }));
        expect(comparison).toMatchObject({ verdict: 'fail', cautions: [] });
      }
    });
  });

  it('takes percentiles that lost deliveries have made endless for the worst', () => {
    const endless = runs(BASE, {
      timesUs: { 'delivery.p50': 20_000, 'delivery.p95': Number.POSITIVE_INFINITY, 'delivery.p99': 1 },
    });
    const { reasons } = compare(runs(BASE), endless);
    expect(reasons).toEqual([expect.stringMatching(/^delivery\.p95 is worse: 42 ms → ∞, endless/)]);
    expect(compare(endless, endless).verdict).toBe('pass');
  });

  it('gates what the tolerances name, and only that', () => {
    const head = runs(times(1.2));
    expect(compare(runs(BASE), head, { ...OPTIONS, tolerances: tolerances('p99=30%') }).verdict).toBe('pass');
    // A single gated time needs fewer runs: four against five yield 1/126.
    expect(compare(runs(BASE), head.slice(1), { ...OPTIONS, tolerances: tolerances('p99=10%') }).verdict).toBe('fail');
  });

  it('has an alpha that five runs against five can reach for three times and two counts', () => {
    expect(5 / 252).toBeLessThanOrEqual(ALPHA);
  });

  describe('without the power to fail', () => {
    const spread = [10_000, 14_000, 20_000, 28_000, 40_000];

    it('says with its verdict how much it could have found', () => {
      const { verdict, reasons } = compare(runs(spread), runs(spread), { ...OPTIONS, withDetectable: true });
      expect(verdict).toBe('pass');
      expect(reasons).toEqual([
        expect.stringMatching(
          /^no regression found; the smallest it could have found: delivery\.p50 × [2-9]\.\d\d, delivery\.p95 × [2-9]\.\d\d, delivery\.p99 × [2-9]\.\d\d$/,
        ),
      ]);
      // A machine that yields the same figure each time sees whatever is beyond the tolerance.
      expect(
        compare(runs([1, 1, 1, 1, 1]), runs([1, 1, 1, 1, 1]), { ...OPTIONS, floorUs: 0, withDetectable: true }).reasons,
      ).toEqual([expect.stringContaining('delivery.p50 × 1.10, delivery.p95 × 1.15, delivery.p99 × 1.25')]);
    });

    it('is inconclusive where power is required', () => {
      const { verdict, exitCode, reasons } = compare(runs(spread), runs(spread), { ...OPTIONS, requirePower: true });
      expect({ verdict, exitCode }).toEqual({ verdict: 'inconclusive', exitCode: 5 });
      expect(reasons).toEqual(
        (['p50 1.20', 'p95 1.30', 'p99 1.50'] as const).map((limit) => {
          const [statistic, ratio] = limit.split(' ');
          return expect.stringMatching(
            new RegExp(
              `^delivery\\.${statistic}: only × .* or more would have been found, required is × ${ratio}: more runs`,
            ),
          );
        }),
      );
    });

    it('passes where twice what is tolerated, or twice the floor, would have been found', () => {
      expect(compare(runs(BASE), runs(BASE), { ...OPTIONS, requirePower: true }).verdict).toBe('pass');
      // A floor of 10 ms hides what is below × 1.5 at the least, which is far beyond twice the tolerances.
      const { verdict, reasons } = compare(runs(BASE), runs(BASE), { ...OPTIONS, floorUs: 10_000, requirePower: true });
      expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [expect.stringContaining('p50 × 1.5')] });
    });

    it('fails as ever where something is worse', () => {
      expect(compare(runs(spread), runs(spread.map((us) => us * 9)), { ...OPTIONS, requirePower: true }).verdict).toBe(
        'fail',
      );
    });
  });

  it('tells what it could have found', () => {
    const [p50] = compare(runs(BASE), runs(BASE), { ...OPTIONS, withDetectable: true }).times;
    expect(p50?.detectableRatio).toBeGreaterThan(1.1);
    expect(p50?.detectableRatio).toBeLessThan(1.3);
  });
});

describe('a run as a sample', () => {
  const subjects = ['delivery.p95', 'ack.mean'];

  it('has its times with what was lost at infinity, and its counts', () => {
    expect(sampleRun(smallResult(), subjects)).toMatchObject({
      id: 'tiny',
      problem: null,
      timesUs: { 'delivery.p95': 95_039, 'ack.mean': expect.closeTo(25_250, -2) },
      counts: { lost: 0, reordered: 0 },
    });
    const lossy = sampleRun(smallResult({ ledger: { lost: 6 } }), subjects);
    expect(lossy).toMatchObject({ timesUs: { 'delivery.p95': Number.POSITIVE_INFINITY }, counts: { lost: 6 } });
  });

  it('has what was refused, without what was beyond a limit that the run has set', () => {
    const ledger = { rejected: 40, limited: 37 };
    const { target } = smallResult().scenario;
    const scenario = { target: { ...target, rateLimit: { kind: 'sliding', limit: 10, windowMs: 1000 } as const } };
    expect(sampleRun(smallResult({ ledger, scenario }), subjects).counts.rejected).toBe(3);
    expect(sampleRun(smallResult({ ledger }), subjects).counts.rejected).toBe(40);
  });

  it('says what is wrong with a run that is invalid or was ended early', () => {
    expect(sampleRun(smallResult({ samples: { oddValues: 1 } }), subjects).problem).toMatch(/negative/);
    const aborted = { expression: 'delivery.p95 < 1s', actual: '2 s', atUs: 5 };
    const completeness = { status: 'partial', reason: 'ended early' } as const;
    expect(sampleRun(smallResult({ run: { aborted, completeness } }), subjects).problem).toBe('ended early');
  });
});

describe('tolerances', () => {
  it('are of delivery unless they say otherwise', () => {
    expect([...tolerances('p50=10%, p99.9=2.5%,ack.p95=20%')]).toEqual([
      ['delivery.p50', 0.1],
      ['delivery.p999', 0.025],
      ['ack.p95', 0.2],
    ]);
  });

  it.each([
    ['p50', 'expected tolerances such as p50=10%,p95=15%,p99=25%, got "p50"'],
    ['p5=10%', 'unknown statistic "p5", did you mean "p50"?'],
    ['lots=10%', 'unknown statistic "lots", did you mean "lost"?'],
    ['lost=10%,lost=20%', 'expected "lost" once'],
    ['p50=ten', 'p50: expected a percentage such as 99.9%, got "ten"'],
    ['p50=1%,p50=2%', 'expected "p50" once'],
    ['', 'expected tolerances such as p50=10%,p95=15%,p99=25%, got ""'],
  ])('"%s" is refused: %s', (text, problem) => expect(parseTolerances(text)).toBe(problem));
});
