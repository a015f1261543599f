/** Where something can be observed, and what of it: one kind for each file in `sources/`. */
export type SourceAccess =
  | AmqpAccess
  | RedisAccess
  | PrometheusAccess
  | PostgresAccess
  | NatsAccess
  | HttpJsonAccess
  | ProcessAccess;

export interface AmqpAccess {
  readonly kind: 'amqp';
  readonly url: string;
  /** At least one; what is in them is added up. */
  readonly queues: readonly string[];
  /** Of RabbitMQ's management API; null where there is none. */
  readonly management: string | null;
  /** Of RabbitMQ's own metrics; null where there are none. */
  readonly prometheus: string | null;
}

export interface RedisAccess {
  readonly kind: 'redis';
  readonly url: string;
  /** `length`: entries of a list, stream, set or hash; `pending`: what a group has not acknowledged; `info`: a field of INFO. */
  readonly what: 'length' | 'pending' | 'info';
  /** The key, or the field. */
  readonly key: string;
  /** Of `pending`; null else. */
  readonly group: string | null;
}

export interface PrometheusAccess {
  readonly kind: 'prometheus';
  readonly url: string;
  readonly metric: string;
  /** Those that a sample has to have. */
  readonly labels: Readonly<Record<string, string>>;
  /** `sum` of all samples that fit, or by how much that grows per second. */
  readonly as: 'sum' | 'rate';
}

export interface PostgresAccess {
  readonly kind: 'postgres';
  readonly url: string;
  /** One statement that yields a number as its first row's first column. */
  readonly query: string;
}

export interface NatsAccess {
  readonly kind: 'nats';
  /** Of the monitoring endpoint `/jsz`. */
  readonly url: string;
  /** What a consumer still has to get, or what a stream holds; null: what all streams hold. */
  readonly stream: string | null;
  readonly consumer: string | null;
  /** The path of any other figure; null: one of the above. */
  readonly value: string | null;
}

export interface HttpJsonAccess {
  readonly kind: 'http-json';
  readonly url: string;
  /** Path of the number: names and places in lists, with dots between them. */
  readonly value: string;
}

export interface ProcessAccess {
  readonly kind: 'process';
  /** The number of a process, the path of a file that holds it, or what a command line has as its program or one of its arguments. */
  readonly process: string;
}

/** Something to observe, as a scenario asks for it. */
export interface ObservationRequest {
  readonly name: string;
  readonly everyUs: number;
  readonly source: SourceAccess;
}
