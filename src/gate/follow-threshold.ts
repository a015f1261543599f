import { type KnownSeconds, lastSecondOf } from './known-seconds.ts';
import { type Measured, measureSeconds, type Threshold, worseOf } from './threshold.ts';
import { slideWindows, spanOf, type Timetable } from './window.ts';

/**
 * A threshold second by second, as `measureSeconds` has it, for somebody who watches. Of a `for every` threshold each stretch is
 * looked at once, when all of its seconds are known: one that is cut short would turn red for what its rest makes up for.
 *
 * @returns what is known by the last of these seconds, null where nothing is; to be called with ever more seconds
 */
export function followThreshold(threshold: Threshold, timetable: Timetable): (known: KnownSeconds) => Measured | null {
  const { metric, statistic, window } = threshold;
  const everyUs = window?.everyUs ?? null;
  const span = spanOf(window?.during ?? null, timetable);
  if (everyUs === null || span === null) return (known) => measureSeconds(threshold, known, timetable);
  let worst: Measured | null = null;
  let seen = 0;
  return (known) => {
    const lastSecond = lastSecondOf(known);
    const full = slideWindows(span, everyUs, lastSecond).filter(({ toUs }) => toUs <= (lastSecond + 1) * 1_000_000);
    for (const stretch of full.slice(seen)) {
      const value = metric.readSpan?.(known, stretch, statistic) ?? null;
      if (value !== null) worst = worseOf(threshold, worst, { value, span: stretch });
    }
    seen = full.length;
    return worst;
  };
}
