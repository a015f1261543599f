import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';
import { OwnShareRecorder, withoutOwn } from './own-share.ts';

/** From here on it is told, µs. */
const OWN_TOLD_US = 1_000;

describe('times without what the generator added', () => {
  it('are those that it added nothing to, and the others less that', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 60_000_000 }), fc.integer({ min: 0, max: 10_000_000 }));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const own = new OwnShareRecorder();
        const [measured, expected] = [new Histogram(), new Histogram()];
        for (const [targetUs, ownUs] of parts) {
          measured.record(targetUs + ownUs);
          own.note(targetUs + ownUs, ownUs);
          expected.record(ownUs < OWN_TOLD_US ? targetUs + ownUs : targetUs);
        }
        const { pairs, count } = withoutOwn(measured.snapshot(), own.snapshot());
        expect({ pairs, count }).toEqual({ pairs: expected.snapshot().pairs, count: parts.length });
      }),
    );
  });

  it('are none below zero: how long a loop was blocked is known to a beat', () => {
    const own = new OwnShareRecorder();
    own.note(5_000, 12_000);
    expect(own.snapshot().without).toMatchObject({ count: 1, maxUs: 0 });
  });
});
