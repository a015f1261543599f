import { type Parser, rejectText } from '../units.ts';
import { type ObservationRequest, RUNS_QUEUE } from './observe.ts';

const EXPECTED = 'a queue such as amqp://127.0.0.1:5672/?queue=jobs';
const QUEUE_EVERY_US = 100_000;

/**
 * `--queue`: "amqp://user:password@host:5672/vhost?queue=NAME", with `queue` as often as there are some, and the address of RabbitMQ's
 * management API as `management`. It is the run's queue.
 */
export const queueAddress: Parser<ObservationRequest> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^amqps?:$/.test(url.protocol) || url.hostname === '') {
    return rejectText(`${EXPECTED}; what else there is to observe is said by \`observe:\` of a scenario`, text);
  }
  const queues = url.searchParams.getAll('queue').filter((name) => name !== '');
  const management = url.searchParams.get('management');
  if (queues.length === 0) return rejectText(`${EXPECTED}, with the name of the queue`, text);
  if (management !== null && !/^https?:\/\/./.test(management))
    return rejectText('an address of the management API such as http://127.0.0.1:15672', management);
  for (const name of ['queue', 'management']) url.searchParams.delete(name);
  const source = { kind: 'amqp' as const, url: url.href, queues, management, prometheus: null };
  return { ok: true, value: { name: RUNS_QUEUE, everyUs: QUEUE_EVERY_US, source } };
};
