import { chooseClients } from '../plan/choose-clients.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { ShardPart } from '../plan/shard-part.ts';
import type { Breakdown } from '../record/breakdown-recorder.ts';
import { labelRegions } from '../record/region-pair.ts';
import type { RoomClass } from '../scenario/scenario.ts';

/**
 * Deliveries within one gateway against those that cross over, and those to each of them, as `to=1` for the first; none where all clients
 * use one endpoint.
 *
 * @param endpointOf by seat
 * @param isPlaced   whether it is known where a sender is; null: it always is
 */
export function breakDownByGateway(
  endpointOf: (seat: number) => number,
  endpoints: number,
  isPlaced: ((seat: number) => boolean) | null = null,
): readonly Breakdown[] {
  if (endpoints < 2) return [];
  return [
    {
      labels: ['gateway=same', 'gateway=cross'],
      classify: (_room, sender, recipient) => {
        if (isPlaced?.(sender) === false) return -1;
        return endpointOf(sender) === endpointOf(recipient) ? 0 : 1;
      },
    },
    {
      labels: Array.from({ length: endpoints }, (_, endpoint) => `to=${endpoint + 1}`),
      classify: (_room, _sender, recipient) => endpointOf(recipient),
    },
  ];
}

/** Deliveries to clients that stop reading at some time against those to all others; none where nobody does. */
export function breakDownByStall(plan: RunPlan, { clientOf }: Pick<PlanLayout, 'clientOf'>): readonly Breakdown[] {
  const chosen = chooseClients(plan);
  const stalled = new Set(plan.clientFaults.flatMap(({ action }, i) => (action === 'stall' ? [...chosen[i]!] : [])));
  if (stalled.size === 0) return [];
  return [
    {
      labels: ['client=stalled', 'client=others'],
      classify: (_room, _sender, recipient) => (stalled.has(clientOf(recipient)) ? 0 : 1),
    },
  ];
}

/** Deliveries by the size of their room; none where all rooms have one size. */
export function breakDownByRoomSize(roomClasses: readonly RoomClass[], layout: PlanLayout): readonly Breakdown[] {
  const sizes = [...new Set(roomClasses.map(({ size }) => size))].sort((a, b) => a - b);
  if (sizes.length < 2) return [];
  const positions = new Map(sizes.map((size, position) => [size, position]));
  return [
    {
      labels: sizes.map((size) => `roomSize=${size}`),
      classify: (room) => positions.get(layout.sizeOf(room))!,
    },
  ];
}

/**
 * Deliveries by the region of the sender's agent, to this shard's own; none where its own has none.
 *
 * @param regions  of each shard; null: unknown
 */
export function breakDownByRegion(
  regions: readonly (string | null)[],
  own: number,
  { isSplit, shardOf }: Pick<ShardPart, 'isSplit' | 'shardOf'>,
): readonly Breakdown[] {
  const to = regions[own] ?? null;
  if (to === null) return [];
  const names = [...new Set(regions.flatMap((region) => region ?? []))].sort();
  const positions = regions.map((region) => (region === null ? -1 : names.indexOf(region)));
  return [
    {
      labels: names.map((from) => labelRegions({ from, to })),
      classify: (room, sender) => positions[isSplit(room) ? shardOf(sender) : own] ?? -1,
    },
  ];
}
