import { EXIT, type ExitCode } from '../../errors.ts';
import { METRICS } from '../../gate/metrics.ts';
import { STATISTICS } from '../../gate/statistic.ts';
import { printLine } from '../print.ts';
import { layRows, textColumns } from '../rows.ts';

const WINDOWS = {
  run: [],
  phase: ['phase'],
  span: ['phase', 'stage', 'every'],
  second: ['phase', 'stage', 'every'],
} as const;

export interface MetricsOptions {
  readonly json: boolean;
}

/** `chatbench metrics`: what a threshold can be set on, with unit, statistics and meaning. */
export async function metrics({ json }: MetricsOptions): Promise<ExitCode> {
  const listed = METRICS.map(({ name, unit, yields, meaning, resolution }) => {
    const statistics = yields === 'times' ? STATISTICS : [];
    return { name, unit, statistics, meaning, windows: WINDOWS[resolution], canAbort: resolution === 'second' };
  });
  if (json) {
    printLine(JSON.stringify(listed, null, 2));
    return EXIT.pass;
  }
  const rows = listed.map(({ name, unit, statistics, meaning, windows }) => {
    const facts = [
      unit,
      ...(statistics.length === 0 ? [] : [`.${statistics.join(' .')}`]),
      ...(windows.length === 0 ? [] : [`windows: ${windows.join(', ')}`]),
    ];
    return { name, texts: [meaning, `(${facts.join('; ')})`] };
  });
  printLine(layRows(rows, textColumns()));
  return EXIT.pass;
}
