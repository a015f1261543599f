import { ChatbenchError } from '../../errors.ts';
import { readOpenFilesLimit } from '../../generator/open-files.ts';
import { formatCount } from '../../quantities.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { varyScenario } from '../../scenario/vary-scenario.ts';

/** What a process has open besides its connections: libraries, pipes, its log, what it reads /proc by. */
const OWN_FILES = 64;
/** Clients are spread over generator processes, as many as are needed; each takes memory. */
const MOST_SHARDS = 64;

/** Connections that one process can hold; null where the system does not tell. */
export function connectionsPerProcess(limit: number | null = readOpenFilesLimit()): number | null {
  return limit === null ? null : Math.max(1, limit - OWN_FILES);
}

/**
 * Says before anything is started that a process of the generator, or of a target that is started for the run, would run out of
 * open files. Where a search or a sweep varies clients, its largest value counts.
 *
 * @param limit  files that a process may have open; null: not known, and nothing is refused
 * @throws ChatbenchError `usage`
 */
export function requireOpenFiles(scenario: Scenario, limit: number | null = readOpenFilesLimit()): void {
  const most = connectionsPerProcess(limit);
  if (limit === null || most === null) return;
  const { population, target, load } = largestOf(scenario);
  const { clients, roomClasses } = population;
  // In an open loop a room is split over processes where it is too large for one.
  const room = load.loop === 'open' ? 0 : roomClasses.reduce((largest, { size }) => Math.max(largest, size), 0);
  const ofGenerator = Math.max(room, clients / MOST_SHARDS);
  const ofTarget = { embedded: clients, local: clients / (target.gateways ?? 1) }[target.kind as string] ?? 0;
  const needed = Math.ceil(Math.max(ofGenerator, ofTarget));
  if (needed <= most) return;
  const who = ofTarget > ofGenerator ? `a gateway of the target (${target.kind})` : 'a process of the generator';
  throw new ChatbenchError(
    'usage',
    `${formatCount(clients)} clients: ${who} would have ${formatCount(needed + OWN_FILES)} files open, and may have ${formatCount(limit)}`,
    { hint: `allow more (ulimit -n ${needed + OWN_FILES}), or connect fewer clients (--clients)` },
  );
}

function largestOf(scenario: Scenario): Scenario {
  const { experiment } = scenario;
  if (experiment === null) return scenario;
  const [varied, most] =
    experiment.kind === 'sweep'
      ? [experiment.varied, experiment.values.reduce((largest, value) => Math.max(largest, value), 0)]
      : [experiment.search.varied, experiment.search.to];
  return varied === 'rate' ? scenario : varyScenario(scenario, varied, most);
}
