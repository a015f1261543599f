import type { Observation } from '../observation.ts';
import { shareReadings } from '../share-readings.ts';
import { numberAt, openHttp } from './http.ts';

/**
 * Connections of a gateway of the bundled cluster, and whether a broker holds back what it publishes (1) or not (0).
 *
 * @param stats an HTTP address that answers `{"connections": number, "blocked": 0 | 1}`; without a broker the latter is missing
 */
export function observeGateway(name: string, stats: string): readonly Observation[] {
  const http = openHttp(stats);
  return shareReadings({ read: http.readJson, close: http.close }, [
    {
      name: connectionsOf(name),
      unit: 'number',
      of(answer) {
        const connections = numberAt(answer, ['connections']);
        if (connections === null) throw new Error('the answer has no connections');
        return connections;
      },
    },
    { name: blockedOf(name), unit: 'number', of: (answer) => numberAt(answer, ['blocked']) ?? 0 },
  ]);
}

export function connectionsOf(gateway: string): string {
  return `${gateway}.connections`;
}

export function blockedOf(gateway: string): string {
  return `${gateway}.blocked`;
}
