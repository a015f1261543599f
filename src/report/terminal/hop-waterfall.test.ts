import { describe, expect, it } from 'vitest';
import { summarizeHistogram } from '../../record/histogram-summary.ts';
import { encodeValues } from '../../testing/encode-values.ts';
import { buildResultFixture } from '../../testing/result-fixture.ts';
import { smallResult } from '../../testing/small-result.ts';
import { hopWays } from '../hop-rows.ts';
import { displayWidth } from './display-width.ts';
import { hopWaterfall } from './hop-waterfall.ts';
import { choosePalette } from './palette.ts';

const PLAIN = choosePalette(false);

/** Each hop takes the same time in every message. */
function resultWith(hops: readonly (readonly ['delivery' | 'ack', string, number])[]) {
  return smallResult({
    samples: { hops: hops.map(([way, name, us]) => ({ name, way, histogram: encodeValues([us, us]) })) },
  });
}

describe('the hops of a run', () => {
  it('begin where the one before ends, and their shares add up to all of it', () => {
    const [delivery] = hopWays(
      resultWith([
        ['delivery', 'generator', 100],
        ['delivery', 'queue', 700],
        ['delivery', 'commit', 200],
      ]),
    );
    expect(delivery!.meanUs).toBe(1_000);
    expect(delivery!.rows.map(({ share }) => share)).toEqual([0.1, 0.7, 0.2]);
    expect(delivery!.rows.map(({ offset }) => Number(offset.toFixed(9)))).toEqual([0, 0.1, 0.8]);
    expect(delivery!.bottleneck.name).toBe('queue');
  });

  it('add up to the mean delivery and the mean acknowledgement of the run', () => {
    const result = buildResultFixture();
    const ways = hopWays(result);
    expect(ways.map(({ way }) => way)).toEqual(['delivery', 'ack']);
    for (const { way, meanUs } of ways) {
      const whole = summarizeHistogram(result.samples.histograms[way])!.meanUs;
      expect(Math.abs(meanUs - whole) / whole, way).toBeLessThan(0.002);
    }
  });

  it('are drawn as bars one below the other, with the longest named and acknowledgements in one line', () => {
    const lines = hopWaterfall(
      resultWith([
        ['delivery', 'generator', 1_000],
        ['delivery', 'queue', 5_000],
        ['delivery', 'commit', 4_000],
        ['ack', 'generator', 1_000],
        ['ack', 'confirm', 2_000],
      ]),
      PLAIN,
      77,
    );
    const bar = (line: string) => line.slice(16, 16 + 38);
    expect(bar(lines[1]!).trimEnd()).toBe('███▊');
    expect(bar(lines[2]!).trimEnd()).toBe(`   ${'█'.repeat(19)}`);
    expect(bar(lines[3]!).trimEnd()).toBe(`${' '.repeat(22)}${'█'.repeat(15)}▎`);
    expect(lines[2]).toMatch(/^ {3}queue .* 50 % +5\.00 +5\.00$/);
    expect(lines[4]).toContain('longest hop: queue');
    expect(lines[4]! + lines[5]!).toContain('50 % of the mean of 10.0 ms');
    expect(lines.at(-1)).toBe('   ack, p50: generator 1.00 → confirm 2.00');
  });

  it('fit 72, 80 and 100 columns, and say nothing where there are no stamps', () => {
    for (const columns of [72, 80, 100]) {
      for (const line of hopWaterfall(buildResultFixture(), PLAIN, columns)) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
      }
    }
    expect(hopWaterfall(smallResult(), PLAIN, 80)).toEqual([]);
  });
});
