import { type BySeconds, measureBySeconds } from '../../gate/measure-by-seconds.ts';
import { identifyProcess } from '../../launch/supervision/process-identity.ts';
import type { RawInterval } from '../../record/interval-series.ts';
import { addCounts, zeroCounts } from '../../record/ledger-counts.ts';
import type { ConnectionCounts, LedgersSoFar } from '../../record/samples.ts';
import type { RunResult } from '../../result/run-result.ts';
import { openSecondsFile, readSeconds, type SecondsWriter } from '../../result/seconds-file.ts';
import { type KeptSeconds, SecondsKept } from '../../result/seconds-kept.ts';

/** Where the seconds of a run go as they come: all of them to the disk, as many as a result has into memory. */
export interface SecondsKeeper {
  /** The run begins, with these connections. */
  begin(connections: readonly ConnectionCounts[]): void;
  /** @param ledgers  of each shard, as it stood at the end of the second */
  add(interval: RawInterval, queueDepth: number | null, ledgers: readonly LedgersSoFar[]): void;
  /** Ends the writing. Idempotent. */
  close(): Promise<void>;
  /** For the result, once the run is over. */
  kept(): KeptSeconds;
  /**
   * What all of the seconds come to, where the result has not all of them: read from the disk again, one by one. Null where it has.
   *
   * @param result  of the run, with the seconds that were kept
   */
  measureAll(result: RunResult): RunResult['seconds'];
}

/**
 * @param draft  the result as far as it is known when the run begins: where the process is killed, it is what the seconds are put into
 * @param onFailure  told why seconds are missing on the disk
 */
export function keepSeconds(
  directory: string,
  draft: (connections: readonly ConnectionCounts[]) => RunResult,
  onFailure: (reason: string) => void,
): SecondsKeeper {
  const kept = new SecondsKept();
  let read: KeptSeconds | null = null;
  let writer: SecondsWriter | null = null;
  let isWhole = true;
  return {
    begin(connections) {
      writer = openSecondsFile(directory, { measuredBy: identifyProcess(process.pid), draft: draft(connections) });
    },
    add(interval, queueDepth, ledgers) {
      kept.add(interval);
      writer?.add({ interval, queueDepth, ledgers: sumLedgers(ledgers) });
    },
    async close() {
      const failure = (await writer?.close()) ?? null;
      if (failure === null || !isWhole) return;
      isWhole = false;
      onFailure(`the seconds of the run could not be written (${(failure as NodeJS.ErrnoException).code})`);
    },
    kept() {
      // Each histogram is encoded for it.
      read ??= kept.read();
      return read;
    },
    measureAll(result) {
      const { every, total } = this.kept();
      if (every === 1) return null;
      const nothing: BySeconds = { deliveredPerSecond: null, figures: [] };
      const all = isWhole ? measureBySeconds(result, result.scenario.thresholds, readSeconds(directory)) : nothing;
      return { every, total, ...all };
    },
  };
}

function sumLedgers(ledgers: readonly LedgersSoFar[]): LedgersSoFar {
  const sum = (phase: keyof LedgersSoFar) => ledgers.map((ledger) => ledger[phase]).reduce(addCounts, zeroCounts());
  return { warmup: sum('warmup'), measure: sum('measure') };
}
