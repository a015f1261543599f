import { formatChange, formatHours } from '../../quantities.ts';
import type { RunResult } from '../../result/run-result.ts';
import type { Finding } from '../diagnosis.ts';
import type { Drift } from '../drift/drift.ts';
import { measureDrift } from '../drift/measure-drift.ts';
import { findOverload } from '../overload.ts';

const MOST = 3;

/**
 * What became more under a load that stayed the same: a process that leaks, a queue that never quite empties, latencies that creep up,
 * connections that go missing. Not told of an overload, in which all of them do.
 */
export function drifting(result: RunResult): Finding {
  if (findOverload(result) !== null) return null;
  const bad = measureDrift(result).filter(isBad);
  const told = [
    ...bad.filter(({ kind }) => kind === 'queue'),
    ...bad.filter(({ kind }) => kind === 'memory').sort((one, other) => other.perHour - one.perHour),
    // The median, where it does, says more than the slow ones.
    ...bad.filter(({ kind }) => kind === 'latency').slice(0, 1),
    ...bad.filter(({ kind }) => kind === 'connections'),
  ].slice(0, MOST);
  if (told.length === 0) return null;
  return {
    text: `It does not stay as it was under a load that did: ${told.map(describe).join('; ')}.`,
    evidence: Object.fromEntries(
      told.flatMap(({ name, perHour, lowPerHour, highPerHour }) => [
        [`${name}.perHour`, perHour],
        [`${name}.lowPerHour`, lowPerHour],
        [`${name}.highPerHour`, highPerHour],
      ]),
    ),
  };
}

function isBad({ drifts, kind, perHour }: Drift): boolean {
  if (!drifts || kind === 'observed') return false;
  return kind === 'connections' ? perHour < 0 : perHour > 0;
}

function describe({ name, kind, unit, perHour, lowPerHour, highPerHour, limit }: Drift): string {
  const [slope, low, high] = [perHour, lowPerHour, highPerHour].map((value) => formatChange(unit, value));
  const what = kind === 'memory' ? `${name} leaks` : name;
  const end = limit === null ? '' : `, which meets ${quote(limit.name)} in ${formatHours(limit.inHours)}`;
  return `${what}: ${slope} an hour (${low} to ${high})${end}`;
}

function quote(limit: string): string {
  return limit.startsWith('the ') ? limit : `"${limit}"`;
}
