import { EXIT, type ExitCode } from '../../errors.ts';
import { METRICS } from '../../gate/metrics.ts';
import { wrapText } from '../../report/terminal/display-width.ts';
import { printLine } from '../print.ts';

export interface MetricsOptions {
  readonly json: boolean;
}

/** `chatbench metrics`: what a threshold can be set on, with unit, statistics and meaning. */
export async function metrics({ json }: MetricsOptions): Promise<ExitCode> {
  const listed = METRICS.map(({ name, unit, statistics, meaning, readSpan, readPhase }) => {
    const windows = readSpan === undefined ? (readPhase === undefined ? [] : ['phase']) : ['phase', 'stage', 'every'];
    return { name, unit, statistics, meaning, windows, canAbort: readSpan !== undefined };
  });
  if (json) {
    printLine(JSON.stringify(listed, null, 2));
    return EXIT.pass;
  }
  const columns = Math.max(72, Math.min(100, process.stdout.columns ?? 80)) - INDENT;
  for (const { name, unit, statistics, meaning, windows } of listed) {
    const facts = [
      unit,
      ...(statistics.length === 0 ? [] : [`.${statistics.join(' .')}`]),
      ...(windows.length === 0 ? [] : [`windows: ${windows.join(', ')}`]),
    ];
    const lines = [...wrapText(meaning, columns), ...wrapText(`(${facts.join('; ')})`, columns)];
    for (const [index, line] of lines.entries()) printLine(`${(index === 0 ? name : '').padEnd(INDENT)}${line}`);
  }
  return EXIT.pass;
}

const INDENT = 18;
