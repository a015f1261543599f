import type { SparseHistogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { plainText } from '../../report/terminal/plain-text.ts';
import { renderProgressLine } from '../../report/terminal/render-progress-line.ts';
import type { RunPart } from '../../result/progress-file.ts';
import { holdNotes, printNote } from '../print.ts';
import { describePart } from './describe-part.ts';
import type { RunSignals } from './run-signals.ts';

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

/** How a user may act upon what is under way. */
export interface RunControls {
  readonly signals: RunSignals;
  /** Pauses arrivals, or lets them go on. Without it the view reads no key. */
  readonly pause?: () => void;
}

/** A live view on a terminal; elsewhere plain lines on stderr, at most one every five seconds; nothing where quiet. */
export async function openRunView(title: string, options: ViewOptions, controls: RunControls): Promise<RunView> {
  if (options.quiet) return { note() {}, begin() {}, show() {}, close() {} };
  if (!options.tui || options.json || !canDraw(process.stdout))
    return tellOfStopping(openPlainView(), controls.signals);
  // Loaded on demand: a run without a terminal need not pay for it.
  const { startLiveView } = await import('../../report/terminal/live-view.ts');
  const { stdin } = process;
  const { signals, pause } = controls;
  const keys = pause !== undefined && stdin.isTTY ? { stdin, stop: signals.stopByHand, pause } : null;
  const live = startLiveView(process.stdout, title, keys);
  let isDrawing = false;
  // What is said while another screen is shown would be gone with it.
  let releaseNotes = (): void => {};
  const close = () => {
    process.off('exit', close);
    live.stop();
    releaseNotes();
  };
  const view: RunView = {
    // Until the first second is over there is nothing to draw, and a target may take some seconds to start.
    note: printNote,
    begin(part) {
      if (!isDrawing) printNote(describePart(part));
      live.begin(`${title}, ${describePart(part)}`);
    },
    show(update, delivery) {
      if (!isDrawing) {
        isDrawing = true;
        releaseNotes = holdNotes();
        // However the command ends: at a second signal, or by an error that nobody expected.
        process.once('exit', close);
      }
      live.update(update, delivery);
    },
    close,
  };
  // Until raw mode is on, Ctrl-C is a signal and no key: the view must hear of either.
  return tellOfStopping(view, signals, () => live.stopping());
}

/** Says, once, that the command was asked to end; not after the view was closed. */
function tellOfStopping(view: RunView, { signal, interruptedBy }: RunSignals, draw: () => void = () => {}): RunView {
  const tell = (): void => {
    const by = interruptedBy();
    view.note(`${by === 'hand' ? 'by hand' : by}: stopping, and keeping what was measured`);
    draw();
  };
  signal.addEventListener('abort', tell, { once: true });
  return {
    ...view,
    close() {
      signal.removeEventListener('abort', tell);
      view.close();
    },
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
  const { CI, TERM } = process.env;
  const isWanted = TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false');
  return stream.isTTY === true && isWanted;
}
