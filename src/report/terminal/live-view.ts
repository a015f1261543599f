import './react-in-production.ts';
import { type Instance, render } from 'ink';
import { createElement, type ReactNode } from 'react';
import type { LiveUpdate } from '../../record/live-update.ts';
import { EMPTY_HISTORY, extendHistory } from './live-history.ts';
import { LiveScreen } from './live-screen.tsx';
import { plainText } from './plain-text.ts';

const REDRAWS_PER_SECOND = 4;

export interface LiveView {
  update(update: LiveUpdate): void;
  /** Removes the view and restores the terminal; the scrollback is as before. Idempotent. */
  stop(): void;
}

/**
 * A live view on a terminal, redrawn at most four times a second. Reads no keys and leaves the terminal in line mode, so that
 * Ctrl-C arrives as SIGINT: whoever handles that calls `stop`.
 *
 * @param stream  a terminal; the caller decides that it is one
 * @param title   what is running, e.g. "burst on local"
 */
export function startLiveView(stream: NodeJS.WriteStream, title = 'chatbench'): LiveView {
  let history = EMPTY_HISTORY;
  let isStopped = false;
  let instance: Instance | null = null;
  return {
    update(update) {
      if (isStopped) return;
      history = extendHistory(history, update);
      const screen = createElement(LiveScreen, { title: plainText(title), update, history });
      if (instance === null) instance = openScreen(screen, stream);
      else instance.rerender(screen);
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      // Empty before the frame is cleared: unmounting flushes a redraw that still waits, and would draw it once more.
      instance?.rerender(null);
      instance?.clear();
      instance?.unmount();
    },
  };
}

function openScreen(screen: ReactNode, stream: NodeJS.WriteStream): Instance {
  return render(screen, {
    stdout: stream,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: REDRAWS_PER_SECOND,
  });
}
