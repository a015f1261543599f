import { EntrySizes } from '../../entry-sizes.ts';
import type { Observation } from '../observation.ts';
import { QUEUE_READY, QUEUE_UNACKED } from '../queue-of-observed.ts';
import { observeAmqp } from './amqp.ts';
import { openDocuments, sumAt } from './http.ts';
import { observeHttpJson } from './http-json.ts';

/** Where the depth of the bundled cluster's queues can be read. */
export type QueueAccess =
  | {
      readonly kind: 'amqp';
      readonly url: string;
      readonly queues: readonly string[];
      /** HTTP addresses, one per worker, that answer `{"inFlight": number}`. */
      readonly workerStats: readonly string[];
    }
  /** An HTTP address that answers `{"ready": number, "inFlight": number}`. */
  | { readonly kind: 'in-process'; readonly stats: string };

/**
 * What waits in the bundled cluster's queues, and what is at its workers.
 *
 * @param gatewayStats HTTP addresses, one per gateway, that answer `{"published": messages, "entries": entries of the queue}`
 */
export function observeClusterQueue(access: QueueAccess, gatewayStats: readonly string[]): readonly Observation[] {
  if (access.kind === 'in-process') {
    return [
      ...observeHttpJson(QUEUE_READY, { url: access.stats, value: 'ready' }),
      ...observeHttpJson(QUEUE_UNACKED, { url: access.stats, value: 'inFlight' }),
    ];
  }
  const { url, queues, workerStats } = access;
  const [entries] = observeAmqp(QUEUE_READY, { kind: 'amqp', url, queues, management: null, prometheus: null });
  return [observeMessages(entries!, gatewayStats), observeSum(QUEUE_UNACKED, workerStats, 'inFlight')];
}

/** Messages in the entries of a queue that holds several in each, by what its publishers have counted. */
function observeMessages(entries: Observation, gatewayStats: readonly string[]): Observation {
  const sizes = new EntrySizes();
  const publishers = openDocuments(gatewayStats);
  return {
    ...entries,
    async read() {
      const [waiting, published] = await Promise.all([entries.read(), publishers.read()]);
      sizes.note(sumAt(published, ['entries']), sumAt(published, ['published']));
      return sizes.messagesIn(waiting);
    },
    close: async () => void (await Promise.all([entries.close(), publishers.close()])),
  };
}

function observeSum(name: string, addresses: readonly string[], gauge: string): Observation {
  const gauges = openDocuments(addresses);
  return {
    name,
    unit: 'number',
    read: async () => sumAt(await gauges.read(), [gauge]),
    close: gauges.close,
  };
}
