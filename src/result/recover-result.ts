import { addDue, type DuePart } from '../record/due-part.ts';
import { encodeHistogram } from '../record/hdr-codec.ts';
import { Histogram, sumSparse } from '../record/histogram.ts';
import type { LedgerCounts } from '../record/samples.ts';
import type { RunResult } from './run-result.ts';
import { type KeptSecond, readSeconds, readSecondsHead } from './seconds-file.ts';
import { SecondsKept } from './seconds-kept.ts';

const SECOND_US = 1_000_000;

/** A result that is put together from seconds. */
export interface RecoveredResult {
  readonly result: RunResult;
  /** All of them, as the result takes them, from the disk. */
  seconds(): Iterable<KeptSecond>;
}

/**
 * What a run that was killed had measured by then, put together from its seconds: the audit, delivery latencies, and the seconds
 * themselves. What only the end of a run tells, such as acknowledgements' latencies, has no data. It is partial, and says so. What was
 * under way, and could still have arrived in time, is neither lost nor expected.
 *
 * @throws ChatbenchError `result-unreadable`
 */
export function recoverResult(directory: string): RecoveredResult {
  const { draft } = readSecondsHead(directory);
  const seconds = () => withoutUnderWay(readSeconds(directory), draft.scenario.timeouts.deliveryUs);
  const kept = new SecondsKept();
  const delivery = new Histogram();
  let ledgers = { measure: draft.samples.ledger, warmup: draft.samples.warmupLedger };
  let ended = 0;
  for (const second of seconds()) {
    kept.add(second.interval);
    delivery.add(second.interval.delivery);
    ({ ledgers } = second);
    ended = second.interval.second + 1;
  }
  const { intervals, every, total } = kept.read();
  const { warmupEndUs, measureEndUs } = draft.phases;
  const endUs = ended * SECOND_US;
  const result: RunResult = {
    ...draft,
    phases: { warmupEndUs, measureEndUs: Math.min(measureEndUs, Math.max(warmupEndUs, endUs)), drainEndUs: endUs },
    samples: {
      ...draft.samples,
      histograms: { ...draft.samples.histograms, delivery: encodeHistogram(delivery.snapshot()) },
      oddValues: delivery.oddValues,
      ledger: closeLedger(ledgers.measure),
      warmupLedger: closeLedger(ledgers.warmup),
      intervals,
    },
    seconds: every === 1 ? null : { every, total, deliveredPerSecond: null, figures: [] },
  };
  return { result, seconds };
}

/** Messages that had not been sent are none, and deliveries that could still come were not expected. */
function closeLedger(ledger: LedgerCounts): LedgerCounts {
  const { sent, skipped, unsendable, once, lost } = ledger;
  return { ...ledger, planned: sent + skipped + unsendable, expected: once + lost };
}

/** The seconds, of which the last also tells that nothing more is awaited of what was not overdue by then. */
function* withoutUnderWay(seconds: Iterable<KeptSecond>, deliveryTimeoutUs: number): Generator<KeptSecond> {
  const awaited = new Map<number, number>();
  let last: KeptSecond | null = null;
  for (const second of seconds) {
    if (last !== null) yield last;
    last = second;
    const overdueBefore = second.interval.second + 1 - Math.ceil(deliveryTimeoutUs / SECOND_US);
    for (const part of second.interval.due) {
      awaited.set(part.second, (awaited.get(part.second) ?? 0) + part.awaited);
    }
    for (const due of awaited.keys()) if (due < overdueBefore) awaited.delete(due);
  }
  if (last === null) return;
  const { interval } = last;
  const underWay = [...awaited].map(([second, count]) => ({ second, awaited: -count, delivery: sumSparse([]) }));
  yield { ...last, interval: { ...interval, due: joinParts([...interval.due, ...underWay]) } };
}

/** One for each second, ascending. */
function joinParts(parts: readonly DuePart[]): readonly DuePart[] {
  const bySecond = new Map<number, DuePart>();
  for (const part of parts) {
    const before = bySecond.get(part.second);
    bySecond.set(part.second, before === undefined ? part : addDue(before, part));
  }
  return [...bySecond.values()].sort((one, other) => one.second - other.second);
}
