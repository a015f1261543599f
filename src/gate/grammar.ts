import { OBSERVED_STATISTICS } from '../record/observed-statistics.ts';
import { METRICS } from './metrics.ts';
import { STATISTICS } from './statistic.ts';
import { OPERATORS } from './threshold.ts';
import { PHASES } from './window.ts';

const WIDTH = 120;
const NAME_WIDTH = 'percentage'.length;
const REMARK_COLUMN = 60;

/** How a threshold is written, in BNF: what can be measured from `METRICS`, so that no text can lag behind. Blanks are free. */
export function describeGrammar(): string {
  const namesOf = (yields: 'times' | 'figure') =>
    METRICS.filter((metric) => metric.yields === yields).map(({ name }) => quote(name));
  return [
    rule('threshold', ['subject [ whose ] operator value { window }'], 'each kind of window at most once'),
    rule('subject', ['time "." statistic', 'figure', 'observed']),
    rule('time', namesOf('times')),
    rule('statistic', [...STATISTICS.map(quote), 'percentile']),
    rule(
      'percentile',
      ['"p" digit { digit } [ "." digit { digit } ]'],
      'p75, p99.99: above 0, below 100; p999 is p99.9',
    ),
    rule('figure', namesOf('figure')),
    rule(
      'observed',
      [`"observed." name ( ${OBSERVED_STATISTICS.map((one) => quote(`.${one}`)).join(' | ')} )`],
      'a name of `observe:`',
    ),
    rule('whose', ['"of" group', '"to" group', '"from" region "to" region'], 'by group; by region of agents'),
    rule('operator', OPERATORS.map(quote)),
    rule(
      'value',
      ['duration', 'count', 'percentage', 'rate', 'number', 'bytes'],
      'as the unit of the subject wants it',
    ),
    rule('window', ['"during" phase', '"for every" duration'], 'whole seconds'),
    rule('phase', [...PHASES.map(quote), 'the name of a stage']),
    rule('duration', ['number ( "us" | "ms" | "s" | "m" | "min" | "h" )', '"0"']),
    rule('count', ['digit { digit }']),
    rule('percentage', ['number "%"']),
    rule('number', ['[ "-" ] digit { digit } [ "." digit { digit } ]']),
    rule('bytes', ['number ( "B" | "KB" | "MB" | "GB" | "KiB" | "MiB" | "GiB" )']),
    rule('rate', ['number [ "/s" | "/m" | "/min" | "/h" ]']),
  ]
    .flat()
    .join('\n');
}

/** One rule, its alternatives over as many lines as they need. */
function rule(name: string, alternatives: readonly string[], remark = ''): readonly string[] {
  const lines: string[] = [];
  let line = `${name.padEnd(NAME_WIDTH)} ::=`;
  for (const [index, alternative] of alternatives.entries()) {
    const part = index === 0 ? ` ${alternative}` : ` | ${alternative}`;
    if (line.length + part.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(NAME_WIDTH + 2) + part;
    } else line += part;
  }
  return [...lines, remark === '' ? line : `${line.padEnd(REMARK_COLUMN)} ${remark}`];
}

function quote(text: string): string {
  return `"${text}"`;
}
