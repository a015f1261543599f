import { z } from 'zod';
import { PROCESS_PARTS, QUEUE_PARTS } from '../choices.ts';
import { count, type DataOf } from '../data-schema.ts';

/** Where something can be observed, and what of it; addresses may ask for environment variables. */
const observedSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('amqp'),
    url: z.string(),
    /** What is in them is added up. */
    queues: z.array(z.string()).min(1),
    /** Of RabbitMQ's management API; null: nobody asks it. */
    management: z.string().nullable(),
    /** Of RabbitMQ's own metrics; null: nobody asks for them. */
    prometheus: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('redis'),
    url: z.string(),
    what: z.enum(['length', 'pending', 'info']),
    /** The key, or the field of INFO. */
    key: z.string(),
    /** Of `pending`; null else. */
    group: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('prometheus'),
    url: z.string(),
    metric: z.string(),
    labels: z.record(z.string(), z.string()),
    as: z.enum(['sum', 'rate']),
  }),
  z.strictObject({ kind: z.literal('postgres'), url: z.string(), query: z.string() }),
  z.strictObject({
    kind: z.literal('nats'),
    url: z.string(),
    stream: z.string().nullable(),
    consumer: z.string().nullable(),
    value: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('http-json'), url: z.string(), value: z.string() }),
  z.strictObject({ kind: z.literal('process'), process: z.string() }),
]);
export type ObservedSourceRequest = DataOf<typeof observedSource>;

/** Something to observe beside the run; the one that is called `queue` is the run's queue. */
export const observationRequest = z.strictObject({ name: z.string(), everyUs: count, source: observedSource });
export type ObservationRequest = DataOf<typeof observationRequest>;

/** The one that is the run's queue. */
export const RUNS_QUEUE = 'queue';

/** The names of the series that it yields. */
export function listSeriesNames({ name, source }: ObservationRequest): readonly string[] {
  const isTold = source.kind === 'amqp' && (source.management !== null || source.prometheus !== null);
  const parts = source.kind === 'process' ? PROCESS_PARTS : isTold ? QUEUE_PARTS : [];
  return [name, ...parts.map((part) => `${name}.${part}`)];
}

/** All addresses of a source. */
export function listAddressesOf(source: ObservedSourceRequest): readonly string[] {
  if (source.kind === 'process') return [];
  const besides = source.kind === 'amqp' ? [source.management, source.prometheus] : [];
  return [source.url, ...besides].filter((address) => address !== null);
}
