import { describe, expect, test } from 'vitest';
import { encodeValues } from '../testing/encode-values.ts';
import { buildResultFixture } from '../testing/result-fixture.ts';
import { summarizeStep } from './summarize-step.ts';

const { samples } = buildResultFixture();

/** The figures of 20 messages, of which as many reached their last recipient as there are values. */
function figuresOf(lastUs: readonly number[]) {
  const constant = (us: number) => encodeValues(Array.from({ length: 20 }, () => us));
  const histograms = {
    ...samples.histograms,
    fanoutFirst: constant(1_000),
    fanoutMedian: constant(2_000),
    fanoutLast: encodeValues(lastUs),
  };
  const ledger = { ...samples.ledger, sent: 20, limited: 0 };
  return summarizeStep(buildResultFixture({ samples: { ...samples, histograms, ledger } }));
}

describe('the figures of a step', () => {
  test('tell the first, the median and the last recipient of a message apart', () => {
    const figures = figuresOf(Array.from({ length: 20 }, (_, index) => 1_000 * (index + 3)));
    expect(figures).toMatchObject({ fanoutFirstP50Us: 1_000, fanoutMedianP95Us: 2_000 });
    expect(figures.fanoutLastP50Us).toBeCloseTo(12_000, -2);
    expect(figures.fanoutLastP95Us).toBeCloseTo(21_000, -2);
  });

  test('count a message that never reached its last recipient as infinitely late', () => {
    const figures = figuresOf(Array.from({ length: 12 }, () => 3_000));
    expect(figures).toMatchObject({ fanoutFirstP95Us: 1_000, fanoutLastP95Us: null });
    expect(figures.fanoutLastP50Us).toBeCloseTo(3_000, -2);
  });
});
