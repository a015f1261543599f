import { formatCount } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import { trafficEnds, trafficRows } from '../traffic-rows.ts';
import { wrapFacts } from './fact-lines.ts';
import type { Palette } from './palette.ts';

/** A fact for each kind of what clients did beside sending; none where they did nothing. */
export function trafficFacts(result: RunResult, palette: Palette, columns: number): readonly string[] {
  return trafficRows(result).flatMap((row) => {
    const { name, sent, planned, failed } = row;
    // The number alone is coloured: a line may be broken at the space behind it.
    const failures = failed === 0 ? [] : [`${palette.bad(formatCount(failed))} failed`];
    return wrapFacts(
      [`${name}: ${formatCount(sent)} of ${formatCount(planned)} sent`, ...failures, ...trafficEnds(row)],
      columns,
    );
  });
}
