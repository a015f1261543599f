import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encodeHistogram } from '../record/hdr-codec.ts';
import { Histogram } from '../record/histogram.ts';
import type { LedgersSoFar } from '../record/samples.ts';
import { readProgress } from './progress-file.ts';
import { RESULT_FILE } from './result-file.ts';
import type { RunResult } from './run-result.ts';
import { readDraft, readSeconds, SECONDS_FILE } from './seconds-file.ts';
import { SecondsKept } from './seconds-kept.ts';

/** Whether a run left its seconds and no result: its process was killed, or is still at work. */
export async function isRecoverable(directory: string): Promise<boolean> {
  const hasSeconds = existsSync(join(directory, SECONDS_FILE)) && !existsSync(join(directory, RESULT_FILE));
  return hasSeconds && (await readProgress(directory)) === null;
}

/**
 * What a run that was killed had measured by then, put together from its seconds: the audit, delivery latencies, and the seconds
 * themselves. What only the end of a run tells, such as acknowledgements, has no data. It is partial, and says so.
 *
 * @throws ChatbenchError `result-unreadable`
 */
export function recoverResult(directory: string): RunResult {
  const draft = readDraft(directory);
  const kept = new SecondsKept();
  const delivery = new Histogram();
  let ledgers: LedgersSoFar = { measure: draft.samples.ledger, warmup: draft.samples.warmupLedger };
  let last = -1;
  for (const second of readSeconds(directory)) {
    kept.add(second.interval);
    delivery.add(second.interval.delivery);
    ({ ledgers } = second);
    last = Math.max(last, second.interval.second);
  }
  const { intervals, every, total } = kept.read();
  const endedUs = (last + 1) * 1_000_000;
  const { warmupEndUs, measureEndUs } = draft.phases;
  return {
    ...draft,
    phases: {
      warmupEndUs,
      measureEndUs: Math.min(measureEndUs, Math.max(warmupEndUs, endedUs)),
      drainEndUs: endedUs,
    },
    samples: {
      ...draft.samples,
      histograms: { ...draft.samples.histograms, delivery: encodeHistogram(delivery.snapshot()) },
      oddValues: delivery.oddValues,
      ledger: ledgers.measure,
      warmupLedger: ledgers.warmup,
      intervals,
    },
    seconds: every === 1 ? null : { every, total, deliveredPerSecond: null, figures: [] },
  };
}
