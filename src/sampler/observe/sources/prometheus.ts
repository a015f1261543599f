import { monotonicUs } from '../../../clock.ts';
import type { PrometheusAccess } from '../access.ts';
import { FirstReading } from '../first-reading.ts';
import type { Observation } from '../observation.ts';
import { openHttp } from './http.ts';
import { sumSamples } from './prometheus-text.ts';

/** A metric of an endpoint in Prometheus' text format: the sum of the samples that fit, or by how much it grows per second. */
export function observePrometheus(
  name: string,
  { url, metric, labels, as }: PrometheusAccess,
  nowUs = monotonicUs,
): readonly Observation[] {
  const http = openHttp(url);
  const toRate = rateOf(nowUs);
  return [
    {
      name,
      unit: as === 'rate' ? 'perSecond' : metric.endsWith('_bytes') ? 'bytes' : 'number',
      async read() {
        const sum = sumSamples(await http.readText(), metric, labels);
        if (sum === null) throw new Error(`there is no sample ${metric}${describeLabels(labels)}`);
        return as === 'sum' ? sum : toRate(sum);
      },
      close: http.close,
    },
  ];
}

/** Of a counter, since the reading before; one that began anew counts from there. Its first throws `FirstReading`. */
export function rateOf(nowUs = monotonicUs): (sum: number) => number {
  let before: { readonly sum: number; readonly atUs: number } | null = null;
  return (sum) => {
    const atUs = nowUs();
    const since = before;
    before = { sum, atUs };
    if (since === null || atUs <= since.atUs) throw new FirstReading();
    return ((sum >= since.sum ? sum - since.sum : sum) * 1e6) / (atUs - since.atUs);
  };
}

function describeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}
