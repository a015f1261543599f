import type { SparseHistogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { plainText } from '../../report/terminal/plain-text.ts';
import { renderProgressLine } from '../../report/terminal/render-progress-line.ts';
import type { RunPart } from '../../result/progress-file.ts';
import { printNote } from '../print.ts';
import { describePart } from './describe-part.ts';

/** What a user sees while a run is under way. */
export interface RunView {
  /** A step that takes a moment, in a few words. */
  note(text: string): void;
  /** One of several runs of the command begins. */
  begin(part: RunPart): void;
  /** A second of the run; `delivery` holds the latencies of what arrived in it. */
  show(update: LiveUpdate, delivery: SparseHistogram): void;
  /** Leaves the terminal as it was. Idempotent. */
  close(): void;
}

export interface ViewOptions {
  readonly quiet: boolean;
  readonly json: boolean;
  readonly tui: boolean;
}

/** What a user may ask for while a run is under way. */
export interface RunControls {
  stop(): void;
  pause(): void;
}

/** A live view on a terminal; elsewhere plain lines on stderr, at most one every five seconds; nothing where quiet. */
export async function openRunView(
  title: string,
  options: ViewOptions,
  controls: RunControls | null = null,
): Promise<RunView> {
  if (options.quiet) return { note() {}, begin() {}, show() {}, close() {} };
  if (!options.tui || options.json || !canDraw(process.stdout)) return openPlainView();
  // Loaded on demand: a run without a terminal need not pay for it.
  const { startLiveView } = await import('../../report/terminal/live-view.ts');
  const { stdin } = process;
  const live = startLiveView(process.stdout, title, controls !== null && stdin.isTTY ? { ...controls, stdin } : null);
  let isDrawing = false;
  return {
    // Until the first second is over there is nothing to draw, and a target may take some seconds to start.
    note(text) {
      if (!isDrawing) printNote(text);
    },
    begin(part) {
      if (!isDrawing) printNote(describePart(part));
      live.begin(`${title}, ${describePart(part)}`);
    },
    show(update) {
      isDrawing = true;
      live.update(update);
    },
    close: () => live.stop(),
  };
}

const LINE_INTERVAL_SECONDS = 5;

function openPlainView(): RunView {
  let lastSecond = 0;
  let lastEventUs = -1;
  let isConnecting = true;
  return {
    note: printNote,
    begin(part) {
      printNote(describePart(part));
      lastSecond = 0;
      lastEventUs = -1;
      isConnecting = true;
    },
    show(update) {
      // The run's clock begins with its first message. Most have connected long before a line would be due.
      if (isConnecting && update.phase !== 'connect') {
        isConnecting = false;
        lastSecond = -LINE_INTERVAL_SECONDS;
      }
      for (const { atUs, kind, text } of update.events.filter((event) => event.atUs > lastEventUs)) {
        printNote(`at ${(atUs / 1e6).toFixed(1)} s  ${plainText(`${kind}: ${text}`)}`);
        lastEventUs = atUs;
      }
      const second = (isConnecting ? Math.floor : Math.round)(update.elapsedUs / 1e6);
      if (second - lastSecond < LINE_INTERVAL_SECONDS) return;
      lastSecond = second;
      printNote(renderProgressLine(update));
    },
    close() {},
  };
}

function canDraw(stream: NodeJS.WriteStream): boolean {
  const { CI, NO_COLOR, TERM } = process.env;
  const isWanted = TERM !== 'dumb' && !NO_COLOR && (CI === undefined || CI === '' || CI === 'false');
  return stream.isTTY === true && isWanted;
}
