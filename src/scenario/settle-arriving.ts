import { type ClientSteps, lengthOfArriving, mostClients } from './client-keys.ts';
import type { Experiment } from './experiment.ts';
import { hold, peakRate, totalUs } from './load.ts';
import type { Population, Stage } from './scenario.ts';
import { atKey, type Report, type Setting, type Sources } from './setting.ts';
import { isClosedLoop } from './settle-load.ts';

type Arriving = NonNullable<Population['arriving']>;

/**
 * `clients: [{ to: 1000, over: 60s }]` → who comes when; undefined where all are there from the beginning. With `--clients` and `--duration` the
 * shape stays, and everything is in proportion.
 *
 * @param clients as many as there ever are
 */
export function settleArriving(
  sources: Sources,
  clients: number | undefined,
  stages: Setting<readonly Stage[]> | undefined,
  report: Report,
): Arriving | undefined {
  const given = sources.values.clients;
  if (typeof given !== 'object' || clients === undefined || stages === undefined) return undefined;
  const ofFileUs = lengthOfArriving(given)!;
  const { duration } = sources.flags;
  const measureUs = totalUs(stages.value);
  const isScaled = duration?.parsed.ok === true;
  const wholeUs = isScaled ? lengthInFile(sources, ofFileUs) : measureUs;
  if (ofFileUs > wholeUs) {
    report(
      atKey(
        sources,
        'clients',
        'expected steps that are over by the end of measure: a longer duration, or shorter steps',
      ),
    );
    return undefined;
  }
  return scale(given, clients / mostClients(given)!, measureUs / wholeUs);
}

/** Of measure, µs, as the file has it. */
function lengthInFile({ values }: Sources, arrivingUs: number): number {
  const staged = values.stages ?? values.steps;
  return staged === undefined ? (values.duration ?? arrivingUs) : totalUs(staged);
}

function scale(steps: ClientSteps, byClients: number, byTime: number): Arriving {
  let from = Math.round((steps[0]?.from ?? 0) * byClients);
  return steps.map(({ to, over }) => {
    const step = { from, to: Math.round(to * byClients), durationUs: Math.max(1, Math.floor(over * byTime)) };
    from = step.to;
    return step;
  });
}

/** `rate-per-client` is that of those who are there: what is sent grows with them. */
export function followArriving(
  { values }: Sources,
  arriving: Arriving | undefined,
  stages: readonly Stage[],
): readonly Stage[] {
  if (arriving === undefined || values['rate-per-client'] === undefined) return stages;
  const most = arriving.at(-1)!.to;
  const peak = peakRate(stages);
  const rateOf = (clients: number) => (peak * clients) / most;
  const coming = arriving.map(({ from, to, durationUs }) => ({
    fromPerSecond: rateOf(from),
    toPerSecond: rateOf(to),
    durationUs,
  }));
  const restUs = totalUs(stages) - totalUs(coming);
  return restUs > 0 ? [...coming, hold(peak, restUs)] : coming;
}

/** What says otherwise who is there, or who sends. */
export function refuseBesideArriving(sources: Sources, experiment: Experiment | null, report: Report): void {
  const { values } = sources;
  const refuse = (key: 'groups' | 'traffic' | 'rooms' | 'clients', text: string) => report(atKey(sources, key, text));
  const beside = 'expected none beside clients that come during measure';
  if (isClosedLoop(sources)) refuse('clients', 'expected an open loop beside clients that come during measure');
  if (values.groups !== undefined) refuse('groups', beside);
  if (values.traffic !== undefined) refuse('traffic', beside);
  if (values.rooms?.choice !== undefined && values.rooms.choice !== 'uniform')
    refuse('rooms', 'expected choice: uniform beside clients that come during measure');
  const varied = experiment?.kind === 'sweep' ? experiment.varied : experiment?.search.varied;
  if (varied !== undefined && varied !== 'rate')
    refuse('clients', `expected one number of clients where ${varied} varies`);
}
