import { didYouMean } from '../nearest.ts';
import { listVariables } from '../placeholders.ts';
import { listAddressesOf, listSeriesNames, type ObservationRequest } from './observe.ts';
import { atKey, type Report, type Sources } from './setting.ts';

/** What is observed beside the run; a queue that is given by a flag replaces the file's. */
export function settleObserve(sources: Sources, report: Report): readonly ObservationRequest[] {
  const given = sources.flags.queue;
  const ofFile = sources.values.observe ?? [];
  for (const variable of ofFile.flatMap(({ source }) => listAddressesOf(source).flatMap(listVariables))) {
    if (sources.environment === undefined || sources.environment[variable] !== undefined) continue;
    report(atKey(sources, 'observe', `expected the environment variable ${variable}, which an address asks for`));
  }
  if (given === undefined) return ofFile;
  return given.parsed.ok ? [given.parsed.value, ...ofFile.filter(({ name }) => name !== 'queue')] : [];
}

const OBSERVED = /^\s*observed\.([^\s<>=!]+)\.\w+\s*[<>=!]/;

/**
 * That a threshold on something observed names what the scenario observes; null where it does, or where it is about something else.
 *
 * @returns what is wrong with it in one line
 */
export function checkObserved(expression: string, requests: readonly ObservationRequest[]): string | null {
  const name = OBSERVED.exec(expression)?.[1];
  if (name === undefined) return null;
  const names = requests.flatMap(listSeriesNames);
  if (names.includes(name)) return null;
  if (names.length === 0) return `nothing is observed as "${name}": expected it under \`observe:\``;
  const suggestion = didYouMean(name, names);
  return `nothing is observed as "${name}"${suggestion === '' ? `, expected one of ${names.join(', ')}` : suggestion}`;
}
