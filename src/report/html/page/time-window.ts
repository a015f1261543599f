import type uPlot from 'uplot';
import { element } from './element.ts';

/** A shorter stretch has nothing to compare. */
const SHORTEST_SECONDS = 2;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The charts over time of this page. What one of them is dragged to, all show. */
const plots = new Set<uPlot>();
const listeners = new Set<(shown: Stretch) => void>();

/** By these hooks a chart over time takes part. */
export function joinTimeWindow(): Pick<uPlot.Hooks.Arrays, 'ready' | 'setScale'> {
  return {
    ready: [(plot) => void plots.add(plot)],
    setScale: [
      (plot, key) => {
        const shown = key === 'x' ? stretchOf(plot) : null;
        if (shown !== null) for (const listener of listeners) listener(shown);
      },
    ],
  };
}

/** Buttons that choose what the charts over time show, for keyboards and fingers, which cannot drag. Seconds since run start. */
export function timeWindowControls(endSecond: number): HTMLElement {
  const told = element('output', {});
  const tell = ({ from, to }: Stretch) => {
    told.textContent = `${second(from)} to ${second(to)}`;
  };
  listeners.add(tell);
  tell({ from: 0, to: endSecond });
  const change = (name: string, next: (shown: Stretch) => Stretch) => {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      const [plot] = plots;
      const shown = (plot && stretchOf(plot)) ?? { from: 0, to: endSecond };
      show(within(next(shown), endSecond));
    });
    return button;
  };
  return element(
    'div',
    { class: 'time-window screen-only', role: 'group', 'aria-label': 'What the charts over time show' },
    change('Zoom in', (shown) => resize(shown, 0.5)),
    change('Zoom out', (shown) => resize(shown, 2)),
    change('Earlier', ({ from, to }) => move({ from, to }, (from - to) / 2)),
    change('Later', ({ from, to }) => move({ from, to }, (to - from) / 2)),
    change('Whole run', () => ({ from: 0, to: endSecond })),
    told,
  );
}

function show({ from, to }: Stretch): void {
  for (const plot of plots) plot.setScale('x', { min: from, max: to });
}

function stretchOf({ scales }: uPlot): Stretch | null {
  const { min, max } = scales.x ?? {};
  return typeof min === 'number' && typeof max === 'number' ? { from: min, to: max } : null;
}

function resize({ from, to }: Stretch, factor: number): Stretch {
  const half = Math.max(SHORTEST_SECONDS, (to - from) * factor) / 2;
  const middle = (from + to) / 2;
  return { from: middle - half, to: middle + half };
}

function move({ from, to }: Stretch, by: number): Stretch {
  return { from: from + by, to: to + by };
}

/** The same length, moved into the run; the whole run where it is longer than that. */
function within({ from, to }: Stretch, endSecond: number): Stretch {
  const length = Math.min(endSecond, to - from);
  const start = Math.min(Math.max(0, from), endSecond - length);
  return { from: start, to: start + length };
}

function second(value: number): string {
  return `${Number(value.toFixed(1))} s`;
}
