import type { Clock } from '../../clock.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { drawTurnUs } from '../../plan/sessions.ts';
import type { MutableConnectionCounts } from '../../record/connection-counts.ts';
import type { ClientGroups } from '../../record/group-recorder.ts';
import type { Ledger } from '../../record/ledger.ts';
import type { Session } from '../../scenario/scenario.ts';
import type { ClientSpread } from './spread-clients.ts';
import type { VirtualClient } from './virtual-client.ts';

export interface Churning {
  readonly clock: Clock;
  /** Run start on the clock, µs. */
  readonly startAtUs: number;
  readonly counts: MutableConnectionCounts;
  readonly spread: ClientSpread;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Has a client that is away come back after this time. */
  bringBackAfter(client: VirtualClient, awayUs: number): void;
}

/**
 * Has the clients of groups with sessions come and go as the plan has it, from the run's start on. Who leaves closes the connection and is
 * expected to get nothing until it is back. One that has no connection when its session ends, since the target has ended it, stays for the next.
 *
 * @returns what ends it: nobody leaves any more, and whoever is away stays away. An abort does so, too
 */
export function churnClients(
  { plan }: Shard,
  clients: ReadonlyMap<number, VirtualClient>,
  groups: ClientGroups | null,
  churning: Churning,
): () => void {
  const { clock, startAtUs, signal } = churning;
  const endOfMeasureUs = plan.phases.warmupUs + plan.phases.measureUs;
  const cancels = new Map<number, () => void>();
  let isOver = groups === null || plan.groups.every(({ session }) => session === null);
  const at = (client: VirtualClient, dueUs: number, callback: () => void) => {
    // In drain nobody leaves: what is under way is still to arrive.
    if (dueUs >= endOfMeasureUs) return;
    const cancel = clock.after(Math.max(0, startAtUs + dueUs - clock.nowUs()), () => {
      if (!isOver) callback();
    });
    cancels.set(client.identity.client, cancel);
  };
  const visit = (client: VirtualClient, session: Session, turn: number, fromUs: number) => {
    const endUs = fromUs + drawTurnUs(plan.seed, session, client.identity.client, turn);
    at(client, endUs, () => {
      const backUs = endUs + drawTurnUs(plan.seed, session, client.identity.client, turn + 1);
      const hasLeft = leave(client, churning);
      at(client, backUs, () => {
        if (hasLeft) comeBack(client, churning);
        visit(client, session, turn + 2, backUs);
      });
    });
  };
  if (!isOver) {
    for (const client of clients.values()) {
      const session = plan.groups[groups!.groupOf[client.identity.client]!]!.session;
      if (session !== null) visit(client, session, 0, 0);
    }
  }
  const stop = () => {
    isOver = true;
    for (const cancel of cancels.values()) cancel();
    cancels.clear();
  };
  signal.addEventListener('abort', stop, { once: true });
  return stop;
}

/** False: it has no connection to leave. */
function leave(client: VirtualClient, { clock, startAtUs, ledger, spread }: Churning): boolean {
  const { connection } = client;
  if (connection === null) return false;
  for (const { number } of client.seats) ledger.excuse(number, clock.nowUs() - startAtUs);
  client.connection = null;
  client.isTurnedAway = false;
  connection.close();
  spread.closed(spread.endpointOf(client.identity.client));
  return true;
}

/** Counted when its absence is over: one that is away at the run's end has not failed to return. */
function comeBack(client: VirtualClient, { counts, bringBackAfter }: Churning): void {
  counts.left++;
  bringBackAfter(client, 0);
}
