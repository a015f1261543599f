/** A target that is up and can be driven: what a launcher yields, and what the command line hands to fleet and sampler. */
export interface RunningTarget {
  readonly description: {
    readonly kind: 'embedded' | 'local' | 'compose' | 'external';
    readonly topology: string | null;
    /** Of the broker's queues; null where there are none, or nothing is known of them. */
    readonly queueType: 'classic' | 'quorum' | null;
    readonly gateways: number | null;
    readonly workers: number | null;
    readonly components: readonly { readonly name: string; readonly version: string }[];
  };
  /** WebSocket addresses, one per gateway; clients are spread over them. */
  readonly endpoints: readonly string[];
  /** HTTP addresses, one per gateway, that answer `{"connections": number, …}`; empty where none is known. */
  readonly gatewayStats: readonly string[];
  /** Where queue depth can be read; null where there is no queue, or nothing is known of the target's inside. */
  readonly queue: QueueAccess | null;
  /** Settles with the reason when a part of the target dies while it should run. Never rejects. */
  readonly failure: Promise<TargetFailure>;
  /** Tears everything down, temporary directories included. Idempotent; never throws. */
  stop(): Promise<void>;
}

export type QueueAccess =
  | {
      readonly kind: 'amqp';
      readonly url: string;
      readonly queues: readonly string[];
      /** HTTP addresses, one per worker, that answer `{"inFlight": number}`. */
      readonly workerStats: readonly string[];
    }
  /** The embedded queue: an HTTP address that answers `{"ready": number, "inFlight": number}`. */
  | { readonly kind: 'in-process'; readonly stats: string };

export interface TargetFailure {
  readonly component: string;
  readonly reason: string;
  /** Last lines of its log. */
  readonly logTail: readonly string[];
}
