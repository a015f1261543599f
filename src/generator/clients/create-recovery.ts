import type { Clock } from '../../clock.ts';
import type { Shard } from '../../plan/run-plan.ts';
import type { ChatProtocol } from '../../protocol/chat-protocol.ts';
import type { MutableConnectionCounts } from '../../record/connection-counts.ts';
import { OwnedTimes } from '../../record/own-share.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Reconnect } from '../../scenario/scenario.ts';
import type { Sender } from '../load/create-sender.ts';
import type { LoopStops } from '../watch-loop.ts';
import { admitSoon } from './admit-soon.ts';
import type { SpreadOpening } from './connect-clients.ts';
import type { Receiver } from './create-receiver.ts';
import { type Reconnecting, Reconnector } from './reconnect-clients.ts';
import type { Seat, SeatOwner } from './seat.ts';
import { type FetchText, RoomSyncer } from './sync-rooms.ts';
import type { VirtualClient } from './virtual-client.ts';

/**
 * What becomes of clients whose connection is dropped, and of those that leave: they come back, send again, and fetch what they
 * missed.
 */
export interface Recovery {
  /** How clients connect, so that whoever is dropped comes back. */
  readonly opening: SpreadOpening;
  /** From the drop, or from the end of its absence where it had left, until the client was in its room again, µs. */
  readonly latency: OwnedTimes;
  /** The client has left by itself, to come back after this time. Settles when it is back, or will not be. */
  bringBackAfter(client: VirtualClient, awayUs: number): Promise<void>;
  /**
   * From now on, every second, members of rooms in which something is overdue fetch their room's messages, as an app does that is
   * looked at again: a gap behind which no further message comes cannot be seen otherwise.
   */
  fetchOverdue(): void;
  stop(): void;
}

export interface RecoveryParts {
  readonly protocol: ChatProtocol;
  readonly clock: Clock;
  readonly fetchText: FetchText;
  readonly opening: SpreadOpening;
  readonly counts: MutableConnectionCounts;
  readonly loop: LoopStops;
  readonly recorder: Recorder;
  readonly receiver: Receiver;
  readonly sender: Sender;
  readonly logInAgain: Reconnecting['logInAgain'];
  /** The client speaks the protocol that those have who have none of their own. */
  speaksUsual(client: number): boolean;
  /** µs since run start. */
  runUs(): number;
}

/** @param policy null: whoever is dropped stays away */
export function createRecovery(
  policy: Reconnect | null,
  { plan }: Shard,
  seats: ReadonlyMap<number, Seat>,
  parts: RecoveryParts,
): Recovery {
  if (policy === null) return noRecovery(parts.opening);
  const { clock, recorder, receiver, runUs } = parts;
  const { history } = parts.protocol;
  // Who speaks another way has a description, which says nothing of a history.
  const fetches = ({ identity }: SeatOwner) => parts.speaksUsual(identity.client);
  const syncer =
    history === undefined
      ? null
      : new RoomSyncer({ history, fetchText: parts.fetchText, clock, onMessage: receiver.recover });
  const reconnector = new Reconnector({
    ...parts.opening,
    policy,
    seed: plan.seed,
    counts: parts.counts,
    loop: parts.loop,
    logInAgain: parts.logInAgain,
    onBack(client) {
      admitSoon(client, clock, recorder.ledger);
      for (const seat of client.seats) {
        parts.sender.resume(seat);
        if (fetches(client)) syncer?.request(seat);
      }
    },
  });
  receiver.onGap = (seat) => syncer?.request(seat);
  let isOver = false;

  const fetchOverdue = () => {
    if (isOver || syncer === null) return;
    const rooms = recorder.ledger.listRoomsMissing(runUs() - OVERDUE_US);
    for (const seat of seats.values()) {
      if (!fetches(seat.client)) continue;
      if (seat.memory === null || seat.client.connection === null || !rooms.has(seat.room)) continue;
      seat.memory.noteOverdue();
      syncer.request(seat);
    }
    clock.after(OVERDUE_US, fetchOverdue);
  };
  return {
    opening: reconnector.opening,
    latency: reconnector.latency,
    bringBackAfter: (client, awayUs) => reconnector.bringBackAfter(client, awayUs),
    fetchOverdue,
    stop() {
      isOver = true;
      reconnector.stop();
      syncer?.stop();
    },
  };
}

const OVERDUE_US = 1_000_000;

function noRecovery(opening: SpreadOpening): Recovery {
  return { opening, latency: new OwnedTimes(), bringBackAfter: () => Promise.resolve(), fetchOverdue() {}, stop() {} };
}
