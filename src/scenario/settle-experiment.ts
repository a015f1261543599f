import { VARIED } from '../choices.ts';
import type { Experiment, Search, Varied } from './experiment.ts';
import { problemWithFlag } from './problem.ts';
import { atKey, type Report, type Sources } from './setting.ts';
import { isClosedLoop } from './settle-load.ts';

const DEFAULT_PRECISION = 0.1;

/** `search`, `replay` and `sweep` → the experiment; null where the scenario is one run. */
export function settleExperiment(sources: Sources, report: Report): Experiment | null {
  const { values, broken } = sources;
  const { search, replay, sweep } = values;
  if (sweep !== undefined && (search !== undefined || broken.has('search'))) {
    report(atKey(sources, 'sweep', 'expected either a search or a sweep'));
    return null;
  }
  if (sweep !== undefined) {
    const varied = onlyOne(sources, 'sweep', sweep, report);
    return varied === null ? null : { kind: 'sweep', varied, values: sweep[varied]! };
  }
  if (search === undefined) {
    if (replay !== undefined && !broken.has('search')) {
      report(
        atKey(
          sources,
          'replay',
          'expected a search whose result is replayed, such as search: { rate: 100/s → 50000/s }',
        ),
      );
    }
    return null;
  }
  const varied = onlyOne(sources, 'search', search, report);
  if (varied === null) return null;
  const settled: Search = { varied, ...search[varied]!, precision: search.precision ?? DEFAULT_PRECISION };
  return replay === undefined
    ? { kind: 'capacity', search: settled }
    : { kind: 'curve', search: settled, shares: replay };
}

function onlyOne(
  sources: Sources,
  key: 'search' | 'sweep',
  keys: Partial<Record<Varied, unknown>>,
  report: Report,
): Varied | null {
  const given = VARIED.filter((varied) => keys[varied] !== undefined);
  if (given.length !== 1) {
    report(atKey(sources, key, `expected exactly one of ${VARIED.join(', ')}, got ${given.length}`));
    return null;
  }
  const varied = given[0]!;
  if (varied === 'rate' && isClosedLoop(sources)) {
    const text = `expected no ${key} over the rate in a closed loop, which has none`;
    report(sources.closed ? problemWithFlag('--closed', text) : atKey(sources, key, text));
    return null;
  }
  return varied;
}
