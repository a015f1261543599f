import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { listRooms, type ShardPart } from '../../plan/shard-part.ts';
import type { ClientIdentity } from '../../protocol/chat-protocol.ts';
import type { ClientGroups } from '../../record/group-recorder.ts';
import { createMarker } from '../../record/marker.ts';
import type { Recorder } from '../../record/recorder.ts';
import { UserSession } from '../login/client-session.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import type { Wires } from '../wires.ts';
import { type Bodies, fillerBodies, textBodies } from './bodies.ts';
import { ClientMemory } from './client-memory.ts';
import { Seat, type SeatSending } from './seat.ts';
import { VirtualClient } from './virtual-client.ts';

/** A shard's part of the people. */
export interface ShardClients {
  /** By their numbers, ascending. */
  readonly clients: ReadonlyMap<number, VirtualClient>;
  /** By their numbers. */
  readonly seats: ReadonlyMap<number, Seat>;
}

/**
 * None is connected yet.
 *
 * @param isHttp by wire, whether messages go out as HTTP requests
 */
export function createClients(
  shard: Shard,
  layout: PlanLayout,
  part: ShardPart,
  { ledger }: Recorder,
  wires: Wires,
  isHttp: readonly boolean[],
  groups: ClientGroups | null,
  environment: ShardEnvironment,
): ShardClients {
  const { reconnect } = environment;
  const isAwaitedAt = (sequence: number) => ledger.isAwaitingAck(sequence);
  // A request is answered whatever becomes of the connection beside it: to repeat it would be a second message.
  const isAwaited = wires.all.map(({ protocol }, wire) =>
    protocol.acknowledges && !isHttp[wire] ? isAwaitedAt : null,
  );
  const { texts = null } = environment;
  const usual = texts === null ? fillerBodies(shard.plan.load.payloads) : textBodies(texts);
  const sendingOf = prepareSending(shard, part, groups, wires, usual);
  const clients = new Map<number, VirtualClient>();
  const seats = new Map<number, Seat>();
  for (const room of listRooms(shard, part)) {
    const members = { first: layout.firstSeatOf(room), count: layout.sizeOf(room) };
    const first = part.firstSeatOf(room);
    for (let number = first; number < first + part.sizeOf(room); number++) {
      const client = layout.clientOf(number);
      let one = clients.get(client);
      if (one === undefined) {
        const identity = { client, room, endpoint: environment.endpoints[0]!, ...placesOf(layout, client, members) };
        const { protocol, users } = wires.all[wires.positionOf(client)]!;
        const session = protocol.hasSessions || environment.journey ? { session: new UserSession(users, client) } : {};
        one = new VirtualClient({ ...identity, ...session });
        clients.set(client, one);
      }
      const memory = reconnect === null ? null : new ClientMemory(isAwaited[wires.positionOf(client)]!);
      const seat = new Seat(number, one, room, sendingOf(client), memory);
      one.seats.push(seat);
      seats.set(number, seat);
    }
  }
  return { clients: layout.isShared ? new Map([...clients].sort(([a], [b]) => a - b)) : clients, seats };
}

/** Members of a room are a run of clients where each is in one alone. */
function placesOf(
  { isShared, seatsOf, roomOf }: PlanLayout,
  client: number,
  members: NonNullable<ClientIdentity['members']>,
): Pick<ClientIdentity, 'members' | 'rooms'> {
  return isShared ? { rooms: Array.from(seatsOf(client), roomOf) } : { members };
}

/** By client: what all of a group share. */
function prepareSending(
  { plan, index }: Shard,
  { hasSplitRooms }: ShardPart,
  groups: ClientGroups | null,
  { all, positionOf }: Wires,
  usual: Bodies,
): (client: number) => SeatSending {
  const marker = createMarker(plan.runId, hasSplitRooms ? 'any' : index);
  const byGroup = plan.groups.map(({ payloads }) => (payloads === null ? usual : fillerBodies(payloads)));
  const known = new Map<number, SeatSending>();
  return (client) => {
    const group = groups === null ? 0 : groups.groupOf[client]!;
    // Who is of one group speaks one way.
    let sending = known.get(group);
    if (sending === undefined) {
      const { protocol } = all[positionOf(client)]!;
      sending = { protocol, marker, bodies: groups === null ? usual : byGroup[group]! };
      known.set(group, sending);
    }
    return sending;
  };
}

/** Clients that were in their rooms and received at least one message. */
export function countReached(clients: ReadonlyMap<number, VirtualClient>): number {
  let reached = 0;
  for (const { hasJoined, hasReceived } of clients.values()) if (hasJoined && hasReceived) reached++;
  return reached;
}
