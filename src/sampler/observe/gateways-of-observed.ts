import type { GatewaySeries, ObservedSeries } from '../observations.ts';
import { latestBy } from './latest-by.ts';
import type { OpenObservation } from './open-observations.ts';
import { blockedOf, connectionsOf, observeGateway } from './sources/gateway.ts';

/** What the gateways told of themselves during a run, on its clock. */
export interface GatewayObservations {
  /** Connections of each when measure began, by name: `gateway-1`, `gateway-2`, …; null where one could not be asked. */
  readonly connections: Readonly<Record<string, number>> | null;
  /** Connections of each once a second; null where there was no reading. */
  readonly series: GatewaySeries | null;
  /** When a broker held back what the gateways published, and when it took it again. */
  readonly events: readonly { readonly atUs: number; readonly kind: 'blocked' | 'unblocked'; readonly text: string }[];
}

/** Short enough that a broker that blocks for a second shows. */
const INTERVAL_US = 250_000;
const SERIES_INTERVAL_US = 1_000_000;

/** @param stats HTTP addresses, one per gateway, in the order of their names */
export function openGateways(stats: readonly string[]): readonly OpenObservation[] {
  return stats.flatMap((address, index) =>
    observeGateway(nameGateway(index), address).map((observation) => ({
      observation,
      source: 'http-json' as const,
      everyUs: INTERVAL_US,
    })),
  );
}

/**
 * @param gateways how many there are
 * @param warmupUs connections are counted at the first reading at or after it: clients are connected then, and none has left
 */
export function gatewaysOfObserved(
  observed: readonly ObservedSeries[],
  gateways: number,
  warmupUs: number,
): GatewayObservations {
  const names = Array.from({ length: gateways }, (_, index) => nameGateway(index));
  const find = (wanted: string) => observed.find(({ name }) => name === wanted);
  const events = names.flatMap((name) => listEvents(name, find(blockedOf(name))));
  const connections = names.map((name) => latestBy(find(connectionsOf(name)), INTERVAL_US / 2));
  const series = {
    atUs: [] as number[],
    gateways: names.map((name) => ({ name, connections: [] as (number | null)[] })),
  };
  let whenMeasureBegan: GatewayObservations['connections'] = null;
  let nextUs = Number.NEGATIVE_INFINITY;
  for (const atUs of find(connectionsOf(nameGateway(0)))?.atUs ?? []) {
    const counts = connections.map((latest) => latest(atUs));
    if (whenMeasureBegan === null && atUs >= warmupUs && counts.every((count) => count !== null))
      whenMeasureBegan = Object.fromEntries(names.map((name, index) => [name, counts[index]!]));
    if (atUs < nextUs) continue;
    nextUs = (Math.floor(atUs / SERIES_INTERVAL_US) + 1) * SERIES_INTERVAL_US;
    series.atUs.push(atUs);
    for (const [index, count] of counts.entries()) series.gateways[index]!.connections.push(count);
  }
  return {
    connections: whenMeasureBegan,
    series: series.atUs.length === 0 ? null : series,
    events: events.sort((one, other) => one.atUs - other.atUs),
  };
}

/** One that does not answer is neither held back nor let go. */
function listEvents(gateway: string, blocked: ObservedSeries | undefined): GatewayObservations['events'][number][] {
  let wasBlocked = false;
  return (blocked?.values ?? []).flatMap((value, index) => {
    const isBlocked = value === null ? wasBlocked : value === 1;
    if (isBlocked === wasBlocked) return [];
    wasBlocked = isBlocked;
    const text = isBlocked ? 'the broker holds its publishers back' : 'the broker takes messages again';
    return [{ atUs: blocked!.atUs[index]!, kind: isBlocked ? 'blocked' : 'unblocked', text: `${gateway}: ${text}` }];
  });
}

function nameGateway(index: number): string {
  return `gateway-${index + 1}`;
}
