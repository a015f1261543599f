import './react-in-production.ts';
import { type Instance, render } from 'ink';
import { createElement, Fragment } from 'react';
import type { SparseHistogram } from '../../record/histogram.ts';
import type { LiveUpdate } from '../../record/live-update.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';
import { type LiveCommand, LiveKeys } from './live-keys.tsx';
import { describeStand, type LivePanel, LiveScreen } from './live-screen.tsx';
import { type ColorDepth, chooseTheme } from './live-theme.ts';
import { plainText } from './plain-text.ts';
import { showsUnicode, toAscii } from './to-ascii.ts';

const REDRAWS_PER_SECOND = 4;

/** The whole screen, from its first cell on. */
const ERASE_SCREEN = '\u001b[2J\u001b[H';

export interface LiveView {
  /** Another run begins, under this title; what was drawn of the one before goes with its first second. */
  begin(title: string): void;
  /** A second of the run; `delivery` holds the latencies of what arrived in it. */
  update(update: LiveUpdate, delivery: SparseHistogram): void;
  /** The run was asked to end, by a key or by a signal. */
  stopping(): void;
  /** Removes the view and restores the terminal: what it showed before is there again. Idempotent. */
  stop(): void;
}

/** What keys do, and where they come from. */
export interface LiveControls {
  /** A terminal to read keys from. */
  readonly stdin: NodeJS.ReadStream;
  /** End the run gracefully. */
  stop(): void;
  /** Pause arrivals, or let them go on. */
  pause(): void;
}

/**
 * A live view on the terminal's alternate screen, redrawn at most four times a second. That screen is left by `stop`, and however
 * else the process ends, but by SIGKILL. Without controls it reads no key and leaves the terminal in line mode, so that Ctrl-C
 * arrives as SIGINT; with them Ctrl-C is the key `q`.
 *
 * @param stream  a terminal; the caller decides that it is one
 * @param title   what is running, e.g. "burst on local"
 */
export function startLiveView(
  stream: NodeJS.WriteStream,
  title = 'chatbench',
  controls: LiveControls | null = null,
): LiveView {
  const theme = chooseTheme((stream.getColorDepth?.() ?? 1) as ColorDepth);
  const terminal = showsUnicode(process.env, process.platform) ? stream : inAscii(stream);
  let heading = plainText(title);
  let history = EMPTY_HISTORY;
  let panel: LivePanel = 'charts';
  let latest: LiveUpdate | null = null;
  let latestAtMs = 0;
  let drawn = '';
  let isStopping = false;
  let isStopped = false;
  let instance: Instance | null = null;
  const draw = () => {
    if (isStopped || latest === null) return;
    const update = advance(latest, performance.now() - latestAtMs);
    drawn = describeStand(update);
    const size = { columns: stream.columns || 80, rows: stream.rows || 24 };
    const props = { title: heading, update, history, panel, hasKeys: controls !== null, isStopping, theme, ...size };
    const screen = createElement(LiveScreen, props);
    const keys = controls === null ? null : createElement(LiveKeys, { onCommand: obey });
    const frame = createElement(Fragment, null, screen, keys);
    if (instance === null) instance = open(frame);
    else instance.rerender(frame);
  };
  const open = (frame: ReturnType<typeof createElement>) =>
    render(frame, {
      stdout: terminal,
      ...(controls === null ? {} : { stdin: controls.stdin }),
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: REDRAWS_PER_SECOND,
    });
  // A terminal moves what it shows when its size changes, each in its own way: nothing of a frame is where it was drawn.
  const layOutAnew = () => {
    if (instance === null) return;
    instance.clear();
    terminal.write(ERASE_SCREEN);
    draw();
  };
  // Before ink's own listener, which draws at once what it then has.
  stream.on('resize', layOutAnew);
  const obey = (command: LiveCommand) => {
    if (command === 'stop') controls?.stop();
    else if (command === 'pause') controls?.pause();
    else {
      panel = panel === command ? 'charts' : command;
      draw();
    }
  };
  // Between two seconds only time passes: the bar and the time left go on. A frame costs too much to draw the same again.
  const goOn = () => {
    if (latest !== null && describeStand(advance(latest, performance.now() - latestAtMs)) !== drawn) draw();
  };
  const timer = setInterval(goOn, 1000 / REDRAWS_PER_SECOND).unref();
  return {
    begin(next) {
      heading = plainText(next);
      history = EMPTY_HISTORY;
      draw();
    },
    update(update, delivery) {
      if (isStopped) return;
      latest = update;
      latestAtMs = performance.now();
      history = extendHistory(history, update, delivery);
      draw();
    },
    stopping() {
      isStopping = true;
      draw();
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      stream.off('resize', layOutAnew);
      instance?.unmount();
    },
  };
}

/** A second later at most: a run that stands still must not seem to go on. */
const LONGEST_ADVANCE_MS = 1_000;

function advance(update: LiveUpdate, sinceMs: number): LiveUpdate {
  if (update.phase === 'connect') return update;
  return { ...update, elapsedUs: update.elapsedUs + Math.round(Math.min(sinceMs, LONGEST_ADVANCE_MS) * 1000) };
}

/** The same terminal, to which nothing but ASCII is written. */
function inAscii(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, key) {
      if (key === 'write')
        return (text: unknown, ...rest: []) =>
          target.write((typeof text === 'string' ? toAscii(text) : text) as string, ...rest);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
