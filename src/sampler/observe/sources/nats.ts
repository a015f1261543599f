import type { NatsAccess } from '../access.ts';
import type { Observation } from '../observation.ts';
import { numberAt, openHttp, parsePath } from './http.ts';
import { observeHttpJson } from './http-json.ts';

/**
 * JetStream by the monitoring endpoint `/jsz` of a NATS server: what a consumer still has to get (pending, and delivered but not
 * acknowledged), what a stream holds, or what all of them hold.
 */
export function observeNats(name: string, { url, stream, consumer, value }: NatsAccess): readonly Observation[] {
  if (value !== null) return observeHttpJson(name, { url, value });
  if (stream === null) return observeHttpJson(name, { url, value: 'messages' });
  const address = new URL(url);
  address.searchParams.set('streams', 'true');
  if (consumer !== null) address.searchParams.set('consumers', 'true');
  const http = openHttp(address.href);
  return [
    {
      name,
      unit: 'number',
      read: async () => readStream(await http.readJson(), stream, consumer),
      close: http.close,
    },
  ];
}

function readStream(answer: unknown, stream: string, consumer: string | null): number {
  const accounts = listAt(answer, 'account_details');
  const found = accounts.flatMap((account) => listAt(account, 'stream_detail')).find((one) => nameOf(one) === stream);
  if (found === undefined) throw new Error(`there is no stream ${JSON.stringify(stream)}`);
  if (consumer === null) return numberAt(found, parsePath('state.messages')) ?? 0;
  const its = listAt(found, 'consumer_detail').find((one) => nameOf(one) === consumer);
  if (its === undefined) throw new Error(`stream ${stream} has no consumer ${JSON.stringify(consumer)}`);
  return (numberAt(its, ['num_pending']) ?? 0) + (numberAt(its, ['num_ack_pending']) ?? 0);
}

function listAt(value: unknown, member: string): readonly unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
  return Array.isArray(list) ? list : [];
}

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>).name : undefined;
}
