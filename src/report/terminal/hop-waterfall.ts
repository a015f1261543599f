import { formatMs } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { type HopRow, type HopWay, hopWays } from '../hop-rows.ts';
import { alignLeft, alignRight, wrapText } from './display-width.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

const NAME_COLUMNS = 16;
const SHARE_COLUMNS = 6;
const VALUE_COLUMNS = 8;

/** Eighths of a column. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * Where the time of deliveries went: a bar for each hop, beginning where the one before ends, and the hop that takes most
 * named. Acknowledgements in one line. Fits `columns`, from 72 up; empty where the run has no stamps.
 */
export function hopWaterfall(result: RunResult, palette: Palette, columns: number): readonly string[] {
  return hopWays(result).flatMap((way) =>
    way.way === 'delivery' ? deliveryLines(way, palette, columns) : ackLines(way, palette, columns),
  );
}

function deliveryLines({ rows, bottleneck, meanUs }: HopWay, palette: Palette, columns: number): readonly string[] {
  const barColumns = columns - NAME_COLUMNS - SHARE_COLUMNS - 2 * VALUE_COLUMNS - 1;
  const head = [
    alignRight('share', barColumns + SHARE_COLUMNS),
    alignRight('p50', VALUE_COLUMNS),
    alignRight('p95', VALUE_COLUMNS),
  ].join('');
  return [
    ` ${palette.strong(alignLeft('Hops, ms', NAME_COLUMNS - 1))}${palette.quiet(head)}`,
    ...rows.map((row) => {
      const line = hopLine(row, barColumns);
      return row === bottleneck ? palette.strong(line) : line;
    }),
    ...wrapText(
      `longest hop: ${describeHop(bottleneck)}, ${percent(bottleneck.share)} of the mean of ${formatMs(meanUs)} ms`,
      columns - 4,
    ).map((line) => `   ${line}`),
  ];
}

function hopLine(row: HopRow, barColumns: number): string {
  const { name, share, offset, values } = row;
  return [
    `   ${alignLeft(plainText(name), NAME_COLUMNS - 3)}`,
    alignLeft(drawBar(offset, share, barColumns), barColumns),
    alignRight(percent(share), SHARE_COLUMNS),
    alignRight(formatMs(values.p50Us), VALUE_COLUMNS),
    alignRight(formatMs(values.p95Us), VALUE_COLUMNS),
  ].join('');
}

/** From `offset` on, `share` of the columns long, in eighths; what is there shows as at least one eighth. */
function drawBar(offset: number, share: number, columns: number): string {
  const begin = Math.min(columns - 1, Math.floor(offset * columns));
  const eighths = Math.min((columns - begin) * 8, Math.max(share > 0 ? 1 : 0, Math.round(share * columns * 8)));
  return ' '.repeat(begin) + '█'.repeat(Math.floor(eighths / 8)) + PARTS[eighths % 8];
}

function ackLines({ rows }: HopWay, palette: Palette, columns: number): readonly string[] {
  const legs = rows.map(({ name, values }) => `${plainText(name)} ${formatMs(values.p50Us)}`).join(' → ');
  return wrapText(`ack, p50: ${legs}`, columns - 4).map((line) => palette.quiet(`   ${line}`));
}

function describeHop({ name, meaning }: HopRow): string {
  return plainText(name === meaning ? name : `${name} (${meaning})`);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
