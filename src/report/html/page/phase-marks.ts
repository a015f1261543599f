import type uPlot from 'uplot';
import type { TimeSeries } from '../report-data.ts';
import { themeColor } from './theme.ts';

/** Narrower phases get no name: it would lie over the neighbour. CSS pixels. */
const NAME_FROM_PIXELS = 56;

/** Marks phases and events on a chart over time: warm-up and drain tinted, every event a numbered line. */
export function phaseMarks(time: TimeSeries): uPlot.Hooks.Arrays {
  const phases = [
    { name: 'warm-up', from: 0, to: time.warmupEndUs / 1e6, isTinted: true },
    { name: 'measure', from: time.warmupEndUs / 1e6, to: time.measureEndUs / 1e6, isTinted: false },
    { name: 'drain', from: time.measureEndUs / 1e6, to: time.endSecond, isTinted: true },
  ];
  return {
    drawClear: [
      (plot) => {
        for (const phase of phases) if (phase.isTinted) tint(plot, phase.from, phase.to);
      },
    ],
    draw: [
      (plot) => {
        for (const phase of phases) namePhase(plot, phase.name, phase.from, phase.to);
        for (const [index, event] of time.events.entries()) markEvent(plot, event.atUs / 1e6, String(index + 1));
      },
    ],
  };
}

function tint(plot: uPlot, from: number, to: number): void {
  const [left, right] = visible(plot, from, to);
  if (right <= left) return;
  plot.ctx.save();
  plot.ctx.fillStyle = themeColor('tint');
  plot.ctx.fillRect(left, plot.bbox.top, right - left, plot.bbox.height);
  plot.ctx.restore();
}

function namePhase(plot: uPlot, name: string, from: number, to: number): void {
  const [left, right] = visible(plot, from, to);
  if (right - left < NAME_FROM_PIXELS * devicePixelRatio) return;
  write(plot, name, left + 6 * devicePixelRatio, 'quiet', 'left');
}

function markEvent(plot: uPlot, second: number, label: string): void {
  const x = plot.valToPos(second, 'x', true);
  const { left, top, width, height } = plot.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = themeColor('caution');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.restore();
  write(plot, label, x, 'caution', 'center');
}

/** Above the plot's upper edge. */
function write(plot: uPlot, text: string, x: number, color: 'quiet' | 'caution', align: CanvasTextAlign): void {
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = themeColor(color);
  ctx.font = `${11 * devicePixelRatio}px ui-sans-serif, system-ui, sans-serif`;
  ctx.textAlign = align;
  ctx.textBaseline = 'bottom';
  ctx.fillText(text, x, plot.bbox.top - 2 * devicePixelRatio);
  ctx.restore();
}

/** Both ends in canvas pixels, cut to the plot. */
function visible(plot: uPlot, from: number, to: number): [left: number, right: number] {
  const { left, width } = plot.bbox;
  const cut = (second: number) => Math.min(left + width, Math.max(left, plot.valToPos(second, 'x', true)));
  return [cut(from), cut(to)];
}
