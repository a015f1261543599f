import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveUpdate } from '../../record/live-update.ts';
import { PROGRESS_FILE, type RunPart, type RunProgress, writeProgress } from '../../result/progress-file.ts';

export interface RunProgressTeller {
  /** One of several runs of the command begins: its figures stand for the whole until the next. */
  begin(part: RunPart): void;
  observe(update: LiveUpdate): void;
  /** Ends with the command. Idempotent. */
  close(): Promise<void>;
}

/** A target may take long to start, and figures come only while it is driven: what is old would pass for left behind. */
const RENEWED_EVERY_MS = 4_000;

/** Keeps live.json in the directory of a run, for `chatbench serve`: written once a second, removed with the end of the run. */
export function tellProgress(directory: string, scenario: string): RunProgressTeller {
  let progress: RunProgress = { ...NOTHING_YET, scenario, part: null };
  let writing: Promise<void> | null = null;
  let isClosed = false;
  const write = () => {
    if (writing !== null || isClosed) return;
    const written = progress;
    // A full disk is the result's to report.
    writing = writeProgress(directory, written)
      .catch(() => {})
      .finally(() => {
        writing = null;
        // News that came meanwhile would else wait for the next.
        if (progress !== written) write();
      });
  };
  const tell = (news: Partial<RunProgress>) => {
    progress = { ...progress, ...news };
    write();
  };
  const timer = setInterval(write, RENEWED_EVERY_MS).unref();
  write();
  return {
    begin: (part) => tell({ ...NOTHING_YET, part }),
    observe({ overall, ...update }) {
      const { phase, elapsedUs, totalUs, connected, clients, openedPerSecond, sentPerSecond, deliveredPerSecond } =
        update;
      const figures = { connected, clients, openedPerSecond, sentPerSecond, deliveredPerSecond };
      tell({ phase, elapsedUs, totalUs, ...figures, p95Us: overall?.p95Us ?? null });
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await writing;
      // A directory that has gone meanwhile is the result's to report, too.
      await rm(join(directory, PROGRESS_FILE), { force: true }).catch(() => {});
    },
  };
}

const NOTHING_YET = {
  phase: 'start',
  elapsedUs: 0,
  totalUs: 0,
  connected: 0,
  clients: 0,
  openedPerSecond: 0,
  sentPerSecond: 0,
  deliveredPerSecond: 0,
  p95Us: null,
} as const;
