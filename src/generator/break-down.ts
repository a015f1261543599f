import { chooseClients } from '../plan/choose-clients.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { Breakdown } from '../record/breakdown-recorder.ts';
import type { RoomClass } from '../scenario/scenario.ts';

/**
 * Deliveries within one gateway against those that cross over; none where all clients use one endpoint.
 *
 * @param isPlaced whether it is known where a sender is; null: it always is
 */
export function breakDownByGateway(
  endpointOf: (client: number) => number,
  endpoints: number,
  isPlaced: ((client: number) => boolean) | null = null,
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
  ];
}

/** Deliveries to clients that stop reading at some time against those to all others; none where nobody does. */
export function breakDownByStall(plan: RunPlan): readonly Breakdown[] {
  const chosen = chooseClients(plan);
  const stalled = new Set(plan.clientFaults.flatMap(({ action }, i) => (action === 'stall' ? [...chosen[i]!] : [])));
  if (stalled.size === 0) return [];
  return [
    {
      labels: ['client=stalled', 'client=others'],
      classify: (_room, _sender, recipient) => (stalled.has(recipient) ? 0 : 1),
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
