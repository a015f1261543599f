import type { FigureMetric, GroupChoice, GroupResult, TimeMetric } from './metric.ts';
import { METRICS } from './metrics.ts';
import type { Subject } from './subject.ts';

/**
 * The subject as it is of one group's messages, or of the messages to it: read from the run's end. A string says why there is none.
 *
 * @param value  what it is held against: a count that is held against a percentage is read as its share
 */
export function ofGroup(subject: Subject, { way, name }: GroupChoice, value: string): Subject | string {
  if (subject.statistic !== null) {
    const { metric, statistic } = subject;
    const read = metric.byGroup?.[way];
    if (read === undefined) return refuse(metric, way);
    return { metric: { ...metric, ...AT_END, read: atEnd(name, read) }, statistic };
  }
  const { metric } = subject;
  const isShare = metric.shareByGroup !== undefined && value.endsWith('%');
  const read = (isShare ? metric.shareByGroup : metric.byGroup)?.[way];
  if (read === undefined) return refuse(metric, way);
  const unit = isShare ? ('percentage' as const) : metric.unit;
  return { metric: { ...metric, ...AT_END, unit, read: atEnd(name, read) }, statistic: null };
}

/** Of a metric that is not told apart by seconds: it is known when the run is over. */
export const AT_END = { resolution: 'run', isOfMeasure: false } as const;

function atEnd<Value>(
  name: string,
  read: (group: GroupResult, run: NonNullable<Parameters<TimeMetric['read']>[0]['result']>) => Value | null,
): (known: Parameters<TimeMetric['read']>[0]) => Value | null {
  return ({ result }) => {
    const group = result?.samples.groups?.find((one) => one.name === name);
    return result === null || group === undefined ? null : read(group, result);
  };
}

function refuse({ name }: TimeMetric | FigureMetric, way: GroupChoice['way']): string {
  const known = METRICS.filter((metric) => metric.byGroup?.[way] !== undefined).map((metric) => metric.name);
  const what = way === 'of' ? 'by who sent' : 'by who was to get it';
  return `${name} is not told apart ${what}, expected one of ${known.join(', ')}`;
}
