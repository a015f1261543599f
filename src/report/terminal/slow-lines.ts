import { mostOf } from '../../extremes.ts';
import type { RunResult } from '../../result/run-result.ts';
import { slowRows } from '../slow-rows.ts';
import { alignRight, displayWidth } from './display-width.ts';
import { heading } from './fact-lines.ts';
import type { Palette } from './palette.ts';

/** The slowest messages with their traces, to be opened in a tracing tool; none where the target was not told of them. */
export function slowLines(result: RunResult, palette: Palette): readonly string[] {
  const rows = slowRows(result);
  if (rows.length === 0) return [];
  const latencyColumns = mostOf(rows.map(({ latency }) => displayWidth(latency)));
  const atColumns = mostOf(rows.map(({ at }) => displayWidth(at)));
  return [
    heading('Slowest messages', palette),
    ...rows.map(
      ({ traceId, latency, at }) =>
        `   ${alignRight(latency, latencyColumns)}  trace ${traceId}  ${palette.quiet(`due at ${alignRight(at, atColumns)}`)}`,
    ),
  ];
}
