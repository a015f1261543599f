import type { Observation } from '../observation.ts';
import { shareReadings } from '../share-readings.ts';
import { type JsonPath, openDocuments, parsePath, sumAt } from './http.ts';

/** RabbitMQ gathers what its management API tells every 5 s, unless it was told otherwise. */
export const RABBITMQ_REFRESH_US = 5_000_000;

const PARTS: readonly { readonly part: string; readonly unit: Observation['unit']; readonly path: JsonPath }[] = [
  { part: 'unacked', unit: 'number', path: parsePath('messages_unacknowledged') },
  { part: 'published', unit: 'perSecond', path: parsePath('message_stats.publish_details.rate') },
  { part: 'acknowledged', unit: 'perSecond', path: parsePath('message_stats.ack_details.rate') },
];

/** Messages at consumers, and rates, by RabbitMQ's management API. */
export function openManagement(
  name: string,
  address: string,
  vhost: string,
  queues: readonly string[],
): readonly Observation[] {
  const base = address.replace(/\/+$/, '').replace(/\/api$/, '');
  const addresses = queues.map(
    (queue) => `${base}/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`,
  );
  const parts = PARTS.map(({ part, unit, path }) => ({
    name: `${name}.${part}`,
    unit,
    refreshUs: RABBITMQ_REFRESH_US,
    // A queue that nobody has used yet has no rates.
    of: (answers: readonly unknown[]) => sumAt(answers, path),
  }));
  return shareReadings(openDocuments(addresses), parts);
}
