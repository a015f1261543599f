import { formatDuration } from '../quantities.ts';
import { type LatencySummary, summarizeHistogram, summarizeWithLost } from '../record/histogram-summary.ts';
import { WHOLE_JOURNEY } from '../record/journey-recorder.ts';
import { isKnownDespite } from '../record/known-despite.ts';
import { readRegions } from '../record/region-pair.ts';
import type { RunResult } from '../result/run-result.ts';
import { serviceTimeLabel } from './service-time-label.ts';

export interface LatencyRow {
  readonly name: string;
  /** What is measured, from when to when. */
  readonly meaning: string;
  /** null where there is no data, e.g. acknowledgements in a protocol without them, or they are not known. */
  readonly values: LatencyValues | null;
  /** They were measured, and the clocks of agents leave more than a tenth of them open. */
  readonly isUnknown?: boolean;
}

/** µs; infinity where the rank falls among lost deliveries. */
type LatencyValues = Omit<LatencySummary, 'meanUs'>;

/**
 * The latencies of a run in the order in which they should be read, the headline first. The reading with lost deliveries at
 * infinity appears only where some were lost, and is the only one where all were; fan-out only where a room has more than one recipient.
 */
export function latencyRows(result: RunResult): readonly LatencyRow[] {
  const { histograms, ledger } = result.samples;
  const label = serviceTimeLabel(result);
  const across = describeClockError(result);
  // Where all that was expected never came there is something to tell: it is endless.
  const row = (name: string, encoded: string, meaning: string, missing = 0): LatencyRow => ({
    name,
    meaning: meaning + label,
    values: summarizeHistogram(encoded) ?? summarizeWithLost(encoded, missing),
  });
  /** Of a time from one agent to another. */
  const acrossRow = (name: string, encoded: string, meaning: string, missing = 0): LatencyRow =>
    withhold(row(name, encoded, meaning + across, missing), result.clockErrorUs);
  const isPartlyLost = ledger.lost > 0 && summarizeHistogram(histograms.delivery) !== null;
  const lost = withhold(
    {
      name: 'with lost',
      meaning: `delivery, lost ones counted as infinitely late${across}${label}`,
      values: summarizeWithLost(histograms.delivery, ledger.lost),
    },
    result.clockErrorUs,
  );
  // As many as there are pairs of regions: they have a table of their own. A row for each gateway would say the same of all of them,
  // but for one that is slower: of that the diagnosis tells.
  const told = Object.entries(result.samples.breakdowns).filter(
    ([label]) => readRegions(label) === null && !label.startsWith('to='),
  );
  const parts = told.map(([label, encoded]) => {
    const { name, meaning } = describeBreakdown(label);
    return acrossRow(name, encoded, meaning);
  });
  const fanout = acrossRow('fan-out last', histograms.fanoutLast, 'message due → its last recipient has it');
  const reconnect = row('reconnect', histograms.reconnect, 'connection dropped, or absence over → client in its room');
  const login = row('login', histograms.login, 'first request of a login → answer of its last');
  return [
    acrossRow('delivery', histograms.delivery, 'message due → recipient has it', ledger.lost),
    ...(isPartlyLost ? [lost] : []),
    ...parts,
    ...(result.scenario.population.roomClasses.some(({ size }) => size > 2) ? [fanout] : []),
    row('ack', histograms.ack, 'message due → server acknowledged it', ledger.acksExpected),
    acrossRow('service', histograms.service, 'uncorrected: message sent → recipient has it', ledger.lost),
    row('lateness', histograms.lateness, 'message due → sent: how late the generator was'),
    ...(histograms.reconnect === '' ? [] : [reconnect]),
    ...(histograms.login === '' ? [] : [login]),
    ...(result.samples.journey?.steps ?? []).map(({ name, latency, failed }) =>
      row(
        `step ${name}`,
        latency,
        name === WHOLE_JOURNEY ? 'a journey, from its beginning to its end' : 'a step of a journey',
        failed,
      ),
    ),
  ];
}

/** Without figures where the clocks of agents, undefined where it was one, leave more than a tenth of the median open. */
export function withhold<Row extends Pick<LatencyRow, 'values' | 'isUnknown'>>(
  row: Row,
  clockErrorUs: number | undefined,
): Row | (Row & Pick<LatencyRow, 'values' | 'isUnknown'>) {
  if (clockErrorUs === undefined || row.values === null) return row;
  return isKnownDespite(clockErrorUs, row.values.p50Us) ? row : { ...row, values: null, isUnknown: true };
}

/** What the clocks of agents leave open of times from one of them to another; '' where one clock was. */
export function describeClockError({ clockErrorUs }: Pick<RunResult, 'clockErrorUs'>): string {
  if (clockErrorUs === undefined) return '';
  return clockErrorUs < 0 ? '; not to be relied on, since a clock was set' : ` ± ${formatDuration(clockErrorUs)}`;
}

/** How deliveries depend on the size of a room; empty where no room has more than one recipient. */
export function fanoutRows(result: RunResult): readonly LatencyRow[] {
  const { samples, scenario } = result;
  if (scenario.population.roomClasses.every(({ size }) => size <= 2)) return [];
  const { fanoutFirst, fanoutMedian, fanoutLast } = samples.histograms;
  const row = (name: string, encoded: string, meaning: string): LatencyRow =>
    withhold(
      {
        name,
        meaning: meaning + describeClockError(result) + serviceTimeLabel(result),
        values: summarizeHistogram(encoded),
      },
      result.clockErrorUs,
    );
  const sizes = Object.entries(samples.breakdowns).filter(([label]) => label.startsWith('roomSize='));
  return [
    row('first recipient', fanoutFirst, 'message due → its first recipient has it'),
    row('median recipient', fanoutMedian, 'message due → half of its recipients have it'),
    row('last recipient', fanoutLast, 'message due → its last recipient has it'),
    ...sizes.map(([label, encoded]) => {
      const { name, meaning } = describeBreakdown(label);
      return row(name, encoded, meaning);
    }),
  ];
}

/** What a label such as `gateway=cross` stands for. */
function describeBreakdown(label: string): { readonly name: string; readonly meaning: string } {
  const [kind, value] = label.split('=');
  if (kind === 'roomSize') return { name: `rooms of ${value}`, meaning: `delivery in rooms of ${value}` };
  if (kind === 'client') {
    return value === 'stalled'
      ? { name: 'stalled', meaning: 'delivery to clients that stopped reading at some time' }
      : { name: 'others', meaning: 'delivery to clients that went on reading' };
  }
  return value === 'same'
    ? { name: 'same gateway', meaning: 'delivery where sender and recipient share a gateway' }
    : { name: 'cross gateway', meaning: 'delivery from one gateway to another' };
}
