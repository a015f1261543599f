import type { DuePart } from '../record/due-part.ts';
import { Histogram, sumSparse } from '../record/histogram.ts';
import type { RawInterval } from '../record/interval-series.ts';

/** What becomes of messages that were due in one second. */
export function duePart(second: number, latenciesUs: readonly number[], awaited = 0): DuePart {
  const delivery = new Histogram();
  for (const latencyUs of latenciesUs) delivery.record(latencyUs);
  return { second, awaited, delivery: delivery.snapshot() };
}

/** A second in which this arrives of what was due in it and before; as much is offered as arrives, unless said otherwise. */
export function secondFixture(
  second: number,
  due: readonly DuePart[] = [],
  counts: Partial<Omit<RawInterval, 'second' | 'delivery' | 'due' | 'loopDelay'>> = {},
): RawInterval {
  const delivery = sumSparse(due.map((part) => part.delivery));
  const { count } = delivery;
  return {
    second,
    offered: count,
    sent: count,
    skipped: 0,
    delivered: count,
    inFlight: 0,
    latenessMaxUs: 0,
    ...counts,
    delivery,
    due,
    loopDelay: sumSparse([]),
  };
}
