import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveUpdate } from '../record/live-update.ts';
import { PROGRESS_FILE, writeProgress } from '../result/progress-file.ts';

export interface RunProgressTeller {
  observe(update: LiveUpdate): void;
  /** Ends with the run. Idempotent. */
  close(): Promise<void>;
}

/** Keeps live.json in the directory of a run, for `chatbench serve`: written once a second, removed with the end of the run. */
export function tellProgress(directory: string, scenario: string): RunProgressTeller {
  let writing: Promise<void> | null = null;
  let isClosed = false;
  return {
    observe({ phase, elapsedUs, totalUs, sentPerSecond, deliveredPerSecond, overall }) {
      if (writing !== null || isClosed) return;
      const progress = { scenario, phase, elapsedUs, totalUs, sentPerSecond, deliveredPerSecond };
      // A full disk is the result's to report.
      writing = writeProgress(directory, { ...progress, p95Us: overall?.p95Us ?? null })
        .catch(() => {})
        .finally(() => {
          writing = null;
        });
    },
    async close() {
      isClosed = true;
      await writing;
      await rm(join(directory, PROGRESS_FILE), { force: true });
    },
  };
}
