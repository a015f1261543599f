import { type KnownSeconds, lastSecondOf } from './known-seconds.ts';
import { type Measured, measureSeconds, type Threshold, worseOf } from './threshold.ts';
import { type Span, slideWindows, spanOf, type Timetable } from './window.ts';

/**
 * A threshold second by second, as `measureSeconds` has it, for somebody who watches. Of a `for every` threshold each stretch is
 * looked at when all of its seconds are known: one that is cut short would turn red for what its rest makes up for.
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
    const including = (stretch: Span): Measured | null => {
      const value = metric.readSpan?.(known, stretch, statistic) ?? null;
      return value === null ? worst : worseOf(threshold, worst, { value, span: stretch });
    };
    const settled = full.filter(({ endsMeasure }) => endsMeasure !== true);
    for (const stretch of settled.slice(seen)) worst = including(stretch);
    seen = settled.length;
    // What arrives in drain changes the stretch that ends measure: it is looked at again each time.
    const last = full.at(-1);
    return last?.endsMeasure === true ? including(last) : worst;
  };
}
