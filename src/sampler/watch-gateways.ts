import { countRoomsLeft } from './count-rooms-left.ts';
import { openGaugeReader } from './http-gauges.ts';

/** What the gateways told of themselves during a run. */
export interface GatewayObservations {
  /** Connections of each when measure began, by name: `gateway-1`, `gateway-2`, …; null where one could not be asked. */
  readonly connections: Readonly<Record<string, number>> | null;
  /** See `countRoomsLeft`. */
  readonly roomsLeft: number | null;
  /** When a broker held back what the gateways published, and when it took it again, on the run's clock. */
  readonly events: readonly { readonly atUs: number; readonly kind: 'blocked' | 'unblocked'; readonly text: string }[];
}

export interface GatewayWatch {
  /** To be called when the clients have gone. Idempotent. */
  stop(): Promise<GatewayObservations>;
}

const INTERVAL_MS = 250;

/**
 * Asks each gateway for its gauges four times a second from now on, in the order of their names. Counts connections at the
 * first look at or after `warmupUs`: at the start of measure, clients are connected and none has left.
 *
 * @param stats HTTP addresses, one per gateway, that answer `{"connections": number, "blocked": 0 | 1}`
 * @param nowUs the run's clock, µs since its start
 */
export function watchGateways(stats: readonly string[], warmupUs: number, nowUs: () => number): GatewayWatch {
  const readers = stats.map(openGaugeReader);
  const blocked = stats.map(() => false);
  const events: GatewayObservations['events'][number][] = [];
  let connections: GatewayObservations['connections'] = null;
  let looking: Promise<void> | null = null;

  const look = async () => {
    const atUs = nowUs();
    const gauges = await Promise.all(readers.map((reader) => reader.read().catch(() => null)));
    if (connections === null && atUs >= warmupUs) connections = nameCounts(gauges);
    for (const [index, gauge] of gauges.entries()) {
      const now = gauge === null ? blocked[index] : gauge.blocked === 1;
      if (now === blocked[index]) continue;
      blocked[index] = now === true;
      const kind = now ? 'blocked' : 'unblocked';
      const text = now ? 'the broker holds its publishers back' : 'the broker takes messages again';
      events.push({ atUs, kind, text: `gateway-${index + 1}: ${text}` });
    }
  };
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null;
    });
  }, INTERVAL_MS);
  const end = async () => {
    clearInterval(timer);
    await looking;
    const roomsLeft = await countRoomsLeft(readers);
    await Promise.all(readers.map((reader) => reader.close()));
    return { connections, roomsLeft, events };
  };
  let ending: Promise<GatewayObservations> | null = null;
  return {
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

function nameCounts(gauges: readonly (Readonly<Record<string, number>> | null)[]): Record<string, number> | null {
  const counts: Record<string, number> = {};
  for (const [index, gauge] of gauges.entries()) {
    if (gauge?.connections === undefined) return null;
    counts[`gateway-${index + 1}`] = gauge.connections;
  }
  return counts;
}
