import { type ErrorWatch, watchError } from './clock-error.ts';
import { type BoundedOffset, type ClockLine, type OffsetInterval, openClockLine } from './clock-line.ts';
import { agreeOnRange, negateRange, type Range } from './range.ts';

/** What the time servers of an agent tell of its clock. All times are its own, offsets those of the time of day minus it, µs. */
export interface ServersClock {
  add(server: number, interval: OffsetInterval): void;
  /** Each of them has told so much at least. */
  haveAnswered(times: number): boolean;
  /** What they leave open; null where they say nothing, or contradict each other. */
  at(atUs: number): BoundedOffset | null;
  /** The run began then, on the agent's clock and as a time of day. */
  begin(startUs: number, timeOfDayUs: number): void;
  /** How far its time since the start may be ahead of theirs, over the run or when it began; null as above, and before a start. */
  error(when: 'run' | 'start', nowUs: number): Range | null;
}

interface Server {
  readonly line: ClockLine;
  times: number;
  error: ErrorWatch | null;
}

export function watchServers(count: number): ServersClock {
  const servers = Array.from({ length: count }, (): Server => ({ line: openClockLine(), times: 0, error: null }));
  return {
    add(index, interval) {
      const server = servers[index];
      if (server === undefined || !(interval.lowUs <= interval.highUs)) return;
      server.line.add(interval);
      server.error?.note(interval.atUs);
      server.times++;
    },
    haveAnswered: (times) => servers.every((server) => server.times >= times),
    at(atUs) {
      const agreed = agreeOnRange(
        servers.flatMap(({ line }) => {
          const known = line.at(atUs);
          return known === null ? [] : [{ low: known.offsetUs - known.boundUs, high: known.offsetUs + known.boundUs }];
        }),
      );
      if (agreed === null) return null;
      const boundUs = (agreed.high - agreed.low) / 2;
      return { offsetUs: agreed.low + boundUs, boundUs };
    },
    begin(startUs, timeOfDayUs) {
      for (const server of servers) {
        server.error = watchError(server.line, { ownUs: startUs, otherUs: timeOfDayUs });
      }
    },
    error(when, nowUs) {
      const ranges = servers.flatMap(({ error }) => (when === 'run' ? error?.read(nowUs) : error?.readStart()) ?? []);
      const agreed = agreeOnRange(ranges);
      // They tell how far the time of day is ahead of its clock.
      return agreed && negateRange(agreed);
    },
  };
}
