import type { KnownRun } from './known-run.ts';
import { lastSecondOf } from './read-seconds.ts';
import { type Measured, measureThreshold, type Threshold, worstWith } from './threshold.ts';
import { slideWindows, spanOf } from './window.ts';

/**
 * A threshold second by second, as `measureThreshold` has it, for somebody who watches. Of a `for every` threshold each stretch is
 * looked at when all of its seconds are known: one that is cut short would turn red for what its rest makes up for.
 *
 * @returns what is known by the last of these seconds, null where nothing is; to be called with ever more seconds of one run
 */
export function followThreshold(threshold: Threshold): (known: KnownRun) => Measured | null {
  const { window } = threshold;
  const everyUs = window?.everyUs ?? null;
  if (everyUs === null) return (known) => measureThreshold(threshold, known);
  let worst: Measured | null = null;
  let seen = 0;
  return (known) => {
    const span = spanOf(window?.during ?? null, known.timetable);
    if (span === null) return null;
    const lastSecond = lastSecondOf(known);
    const full = slideWindows(span, everyUs, lastSecond).filter(({ toUs }) => toUs <= (lastSecond + 1) * 1_000_000);
    const settled = full.filter(({ endsMeasure }) => endsMeasure !== true);
    for (const stretch of settled.slice(seen)) worst = worstWith(threshold, known, worst, stretch);
    seen = settled.length;
    // What arrives in drain changes the stretch that ends measure: it is looked at again each time.
    const last = full.at(-1);
    return last?.endsMeasure === true ? worstWith(threshold, known, worst, last) : worst;
  };
}
