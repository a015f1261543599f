import { apportion } from '../apportion.ts';
import { randomBelow, STREAM } from '../random.ts';
import type { PlanLayout } from './room-layout.ts';
import type { RunPlan } from './run-plan.ts';

/** Which group each client is of, and who is of each group; or the same of seats. */
export interface GroupAssignment {
  /** By client, the position of its group. */
  readonly groupOf: Uint8Array;
  /** By group, its clients, ascending. */
  readonly members: readonly Uint32Array[];
}

/**
 * Deals the clients out to the plan's groups: as many as their shares say, to whole clients, and mixed over the rooms at random, by the
 * seed alone (Fisher–Yates). Null where the plan has no groups.
 */
export function assignGroups({
  groups,
  clients,
  seed,
}: Pick<RunPlan, 'groups' | 'clients' | 'seed'>): GroupAssignment | null {
  if (groups.length === 0) return null;
  const sizes = apportion(
    groups.map(({ share }) => share),
    clients,
  );
  const groupOf = new Uint8Array(clients);
  let end = 0;
  for (const [group, size] of sizes.entries()) {
    groupOf.fill(group, end, end + size);
    end += size;
  }
  for (let i = clients - 1; i > 0; i--) {
    const j = randomBelow(seed, STREAM.group, i, i + 1);
    const held = groupOf[i]!;
    groupOf[i] = groupOf[j]!;
    groupOf[j] = held;
  }
  return { groupOf, members: listMembers(groupOf, groups.length) };
}

/** The seats of each group's clients; those of whom each has one have its number. */
export function assignSeats(clients: GroupAssignment, layout: PlanLayout): GroupAssignment {
  if (!layout.isShared) return clients;
  const groupOf = groupSeats(clients.groupOf, layout);
  return { groupOf, members: listMembers(groupOf, clients.members.length) };
}

/** Of which group the client of each seat is. */
export function groupSeats(groupOf: Uint8Array, { isShared, seats, clientOf }: PlanLayout): Uint8Array {
  return isShared ? Uint8Array.from({ length: seats }, (_, seat) => groupOf[clientOf(seat)]!) : groupOf;
}

function listMembers(groupOf: Uint8Array, groups: number): readonly Uint32Array[] {
  const sizes = new Uint32Array(groups);
  for (const group of groupOf) sizes[group]!++;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Uint32Array(groups);
  for (const [client, group] of groupOf.entries()) members[group]![filled[group]!++] = client;
  return members;
}
