import type { PlanLayout } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { listRooms, type ShardPart } from '../../plan/shard-part.ts';
import type { ClientGroups } from '../../record/group-recorder.ts';
import { createMarker } from '../../record/marker.ts';
import type { Recorder } from '../../record/recorder.ts';
import { UserSession } from '../login/client-session.ts';
import type { ShardEnvironment } from '../shard-environment.ts';
import { fillerBodies, textBodies } from './bodies.ts';
import { ClientMemory } from './client-memory.ts';
import { VirtualClient } from './virtual-client.ts';

/**
 * The shard's clients by their numbers, ascending; none is connected yet.
 *
 * @param isHttp messages go out as HTTP requests
 */
export function createClients(
  shard: Shard,
  layout: PlanLayout,
  part: ShardPart,
  { ledger }: Recorder,
  isHttp: boolean,
  groups: ClientGroups | null,
  environment: ShardEnvironment,
): ReadonlyMap<number, VirtualClient> {
  const { plan, index } = shard;
  const { protocol, reconnect } = environment;
  // A request is answered whatever becomes of the connection beside it: to repeat it would be a second message.
  const isAwaited = protocol.acknowledges && !isHttp ? (sequence: number) => ledger.isAwaitingAck(sequence) : null;
  const marker = createMarker(plan.runId, part.hasSplitRooms ? 'any' : index);
  const { texts = null } = environment;
  const usual = texts === null ? fillerBodies(plan.load.payloads) : textBodies(texts);
  const byGroup = plan.groups.map(({ payloads }) => (payloads === null ? usual : fillerBodies(payloads)));
  const clients = new Map<number, VirtualClient>();
  for (const room of listRooms(shard, part)) {
    const members = { first: layout.firstClientOf(room), count: layout.sizeOf(room) };
    const first = part.firstClientOf(room);
    for (let client = first; client < first + part.sizeOf(room); client++) {
      const memory = reconnect === null ? null : new ClientMemory(isAwaited);
      const session =
        protocol.hasSessions || environment.journey ? { session: new UserSession(environment.users, client) } : {};
      const identity = { client, room, endpoint: environment.endpoints[0]!, members, ...session };
      const bodies = groups === null ? usual : byGroup[groups.groupOf[client]!]!;
      clients.set(client, new VirtualClient(identity, protocol, marker, bodies, memory));
    }
  }
  return clients;
}

/** Clients that were in their room and received at least one message. */
export function countReached(clients: ReadonlyMap<number, VirtualClient>): number {
  let reached = 0;
  for (const { hasJoined, hasReceived } of clients.values()) if (hasJoined && hasReceived) reached++;
  return reached;
}
