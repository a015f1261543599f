import type uPlot from 'uplot';
import { themeColor } from './theme.ts';

/** A single delivery must still show. */
const FAINTEST = 0.1;

/** Paints one cell per second and band, the stronger the more it holds, on a logarithmic scale of counts. */
export function paintHeat(
  plot: uPlot,
  seconds: readonly number[],
  edgesMs: readonly number[],
  counts: readonly (readonly number[])[],
): void {
  const most = counts.reduce((largest, column) => column.reduce((top, count) => Math.max(top, count), largest), 1);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = themeColor('first');
  const edgesAt = edgesMs.map((ms) => Math.round(plot.valToPos(ms, 'y', true)));
  for (const [index, second] of seconds.entries()) {
    const left = Math.round(plot.valToPos(second, 'x', true));
    const right = Math.round(plot.valToPos(second + 1, 'x', true));
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    for (const [band, count] of (counts[index] ?? []).entries()) {
      if (count === 0) continue;
      const bottom = edgesAt[band] ?? 0;
      const top = edgesAt[band + 1] ?? 0;
      ctx.globalAlpha = FAINTEST + (1 - FAINTEST) * (Math.log1p(count) / Math.log1p(most));
      ctx.fillRect(left, top, Math.max(1, right - left), bottom - top);
    }
  }
  ctx.restore();
}
