import { monotonicUs } from '../../clock.ts';
import type { Observation } from './observation.ts';

/** Half of the shortest interval at which anything is observed. */
const SHARED_FOR_US = 50_000;

/** Something that tells several figures at once. */
export interface Source<Reading> {
  /** Rejects where nothing can be had. */
  read(): Promise<Reading>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** One figure of a reading. */
export interface Part<Reading> extends Pick<Observation, 'name' | 'unit' | 'refreshUs'> {
  /** Throws where the reading does not have it. */
  of(reading: Reading): number;
}

interface Shared<Reading> {
  readonly reading: Promise<Reading>;
  readonly takenBy: Set<Part<Reading>>;
  /** When its answer was there; null while it is waited for. */
  overUs: number | null;
}

/**
 * Figures that a source tells at once, an observation each. Those that are read at the same moment share one reading, so that a source is
 * asked once, and they tell of one moment; none gets the same reading twice. The source is closed with the last of them.
 */
export function shareReadings<Reading>(
  source: Source<Reading>,
  parts: readonly Part<Reading>[],
  nowUs = monotonicUs,
): readonly Observation[] {
  const open = new Set(parts);
  let latest: Shared<Reading> | null = null;
  const ask = (): Shared<Reading> => {
    const asked: Shared<Reading> = { reading: source.read(), takenBy: new Set(), overUs: null };
    const end = () => {
      asked.overUs = nowUs();
    };
    asked.reading.then(end, end);
    return asked;
  };
  const take = (part: Part<Reading>): Promise<Reading> => {
    const isStale = latest?.overUs != null && nowUs() - latest.overUs >= SHARED_FOR_US;
    if (latest === null || isStale || latest.takenBy.has(part)) latest = ask();
    latest.takenBy.add(part);
    return latest.reading;
  };
  return parts.map((part) => {
    const { of, ...named } = part;
    return {
      ...named,
      read: async () => of(await take(part)),
      async close() {
        if (open.delete(part) && open.size === 0) await source.close();
      },
    };
  });
}
