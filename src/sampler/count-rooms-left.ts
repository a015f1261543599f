import { setTimeout as wait } from 'node:timers/promises';
import type { GaugeReader } from './http-gauges.ts';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 1_500;

/**
 * The rooms that gateways still hold when nobody is connected any more, over all gateways: 0 where they free what they keep of a
 * room. Waits up to 1.5 s for the last connection to be gone. Null where one stays, whose rooms these may be, or where a gateway
 * does not tell.
 */
export async function countRoomsLeft(gateways: readonly GaugeReader[]): Promise<number | null> {
  const endsAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const gauges = await Promise.all(gateways.map((gateway) => gateway.read().catch(() => null)));
    const [connections, rooms] = [sum(gauges, 'connections'), sum(gauges, 'rooms')];
    if (connections === null || rooms === null) return null;
    if (connections === 0) return rooms;
    if (performance.now() >= endsAtMs) return null;
    await wait(LOOK_EVERY_MS);
  }
}

/** Null where there is nothing to add up, or one does not tell. */
function sum(gauges: readonly (Readonly<Record<string, number>> | null)[], name: string): number | null {
  let total = 0;
  for (const gauge of gauges) {
    const value = gauge?.[name];
    if (value === undefined) return null;
    total += value;
  }
  return gauges.length === 0 ? null : total;
}
