import { setTimeout as wait } from 'node:timers/promises';
import { type HttpReader, numberAt } from './observe/sources/http.ts';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 1_500;

/**
 * The rooms that gateways still hold when nobody is connected any more, over all gateways: 0 where they free what they keep of a
 * room. Waits up to 1.5 s for the last connection to be gone. Null where one stays, whose rooms these may be, or where a gateway
 * does not tell.
 */
export async function countRoomsLeft(gateways: readonly Pick<HttpReader, 'readJson'>[]): Promise<number | null> {
  const endsAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const gauges = await Promise.all(gateways.map((gateway) => gateway.readJson().catch(() => null)));
    const [connections, rooms] = [sum(gauges, 'connections'), sum(gauges, 'rooms')];
    if (connections === null || rooms === null) return null;
    if (connections === 0) return rooms;
    if (performance.now() >= endsAtMs) return null;
    await wait(LOOK_EVERY_MS);
  }
}

/** Null where there is nothing to add up, or one does not tell. */
function sum(gauges: readonly unknown[], name: string): number | null {
  const values = gauges.map((gauge) => numberAt(gauge, [name]));
  if (values.length === 0 || values.includes(null)) return null;
  return values.reduce<number>((total, value) => total + value!, 0);
}
