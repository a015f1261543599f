import { countRoomsLeft } from './count-rooms-left.ts';
import { openGaugeReader } from './http-gauges.ts';
import type { GatewaySeries } from './observations.ts';
import { ThinnedSamples } from './thinned-samples.ts';

/** What the gateways told of themselves during a run. */
export interface GatewayObservations {
  /** Connections of each when measure began, by name: `gateway-1`, `gateway-2`, …; null where one could not be asked. */
  readonly connections: Readonly<Record<string, number>> | null;
  /** See `countRoomsLeft`. */
  readonly roomsLeft: number | null;
  /** Connections of each once a second; null where there was no reading. */
  readonly series: GatewaySeries | null;
  /** When a broker held back what the gateways published, and when it took it again, on the run's clock. */
  readonly events: readonly { readonly atUs: number; readonly kind: 'blocked' | 'unblocked'; readonly text: string }[];
}

export interface GatewayWatch {
  /** To be called when the clients have gone. Idempotent. */
  stop(): Promise<GatewayObservations>;
}

const INTERVAL_MS = 250;
const SERIES_INTERVAL_US = 1_000_000;

/** Each of half an hour. */
const SAMPLES_KEPT = { recent: 600, older: 1_200 };

interface GatewaySample {
  readonly atUs: number;
  /** By gateway. */
  readonly connections: readonly (number | null)[];
}

/**
 * Asks each gateway for its gauges four times a second from now on, in the order of their names. Counts connections at the
 * first reading at or after `warmupUs`: at the start of measure, clients are connected and none has left.
 *
 * @param stats HTTP addresses, one per gateway, that answer `{"connections": number, "blocked": 0 | 1}`
 * @param nowUs the run's clock, µs since its start
 */
export function watchGateways(stats: readonly string[], warmupUs: number, nowUs: () => number): GatewayWatch {
  const readers = stats.map(openGaugeReader);
  const blocked = stats.map(() => false);
  const events: GatewayObservations['events'][number][] = [];
  let connections: GatewayObservations['connections'] = null;
  let underWay: Promise<void> | null = null;
  const samples = new ThinnedSamples<GatewaySample>(SAMPLES_KEPT, (_, later) => later);
  let nextSampleUs = 0;

  const sample = (atUs: number, gauges: readonly (Readonly<Record<string, number>> | null)[]) => {
    if (atUs < nextSampleUs) return;
    nextSampleUs = (Math.floor(atUs / SERIES_INTERVAL_US) + 1) * SERIES_INTERVAL_US;
    samples.add({ atUs, connections: stats.map((_, index) => gauges[index]?.connections ?? null) });
  };

  const readGauges = async () => {
    const atUs = nowUs();
    const gauges = await Promise.all(readers.map((reader) => reader.read().catch(() => null)));
    sample(atUs, gauges);
    if (connections === null && atUs >= warmupUs) connections = nameCounts(gauges);
    for (const [index, gauge] of gauges.entries()) {
      const now = gauge === null ? blocked[index] : gauge.blocked === 1;
      if (now === blocked[index]) continue;
      blocked[index] = now === true;
      const kind = now ? 'blocked' : 'unblocked';
      const text = now ? 'the broker holds its publishers back' : 'the broker takes messages again';
      events.push({ atUs, kind, text: `${nameGateway(index)}: ${text}` });
    }
  };
  const timer = setInterval(() => {
    underWay ??= readGauges().finally(() => {
      underWay = null;
    });
  }, INTERVAL_MS);
  const end = async () => {
    clearInterval(timer);
    await underWay;
    const roomsLeft = await countRoomsLeft(readers);
    await Promise.all(readers.map((reader) => reader.close()));
    return { connections, roomsLeft, series: columnsOf(samples.read(), stats.length), events };
  };
  let ending: Promise<GatewayObservations> | null = null;
  return {
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

function columnsOf(samples: readonly GatewaySample[], gateways: number): GatewaySeries | null {
  if (samples.length === 0) return null;
  return {
    atUs: samples.map(({ atUs }) => atUs),
    gateways: Array.from({ length: gateways }, (_, index) => ({
      name: nameGateway(index),
      connections: samples.map(({ connections }) => connections[index] ?? null),
    })),
  };
}

function nameGateway(index: number): string {
  return `gateway-${index + 1}`;
}

function nameCounts(gauges: readonly (Readonly<Record<string, number>> | null)[]): Record<string, number> | null {
  const counts: Record<string, number> = {};
  for (const [index, gauge] of gauges.entries()) {
    if (gauge?.connections === undefined) return null;
    counts[nameGateway(index)] = gauge.connections;
  }
  return counts;
}
