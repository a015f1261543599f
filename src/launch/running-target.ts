import type { QueueType } from '../choices.ts';
import type { HostRules } from '../host-rules.ts';
import type { TargetFaults } from '../target-faults.ts';

/** A target that is up and can be driven: what a launcher yields, and what the command line hands to fleet and sampler. */
export interface RunningTarget {
  readonly description: {
    readonly kind: 'embedded' | 'local' | 'compose' | 'external';
    readonly topology: string | null;
    /** Of the broker's queues; null where there are none, or nothing is known of them. */
    readonly queueType: QueueType | null;
    readonly gateways: number | null;
    readonly workers: number | null;
    readonly components: readonly { readonly name: string; readonly version: string }[];
  };
  /** WebSocket addresses, one per gateway; clients are spread over them. */
  readonly endpoints: readonly string[];
  /** Where its clients may connect to; absent: this machine and private networks. */
  readonly hosts?: HostRules;
  /** HMAC key of the tokens that its users must bear; absent or null: they need none, or nothing is known of it. */
  readonly tokenKey?: string | null;
  /** HTTP addresses, one per gateway, that answer `{"connections": number, …}`; empty where none is known. */
  readonly gatewayStats: readonly string[];
  /**
   * The processes of its components as they now are, where they are this machine's to see; one that is started again has another.
   */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** Where queue depth can be read; null where there is no queue, or nothing is known of the target's inside. */
  readonly queue: QueueAccess | null;
  /** The detached target that this is, which `stop` leaves up; absent: it was started for whoever has it. */
  readonly attachedTo?: { readonly name: string; readonly startedAt: string };
  /** Settles with the reason when a part of the target dies while it should run. Never rejects. */
  readonly failure: Promise<TargetFailure>;
  /** Harm to it on purpose; null where it cannot be done: chatbench does not hold its processes. */
  readonly faults: TargetFaults | null;
  /** Tears everything down, temporary directories included. Idempotent; never throws. */
  stop(): Promise<void>;
}

export type QueueAccess =
  | {
      readonly kind: 'amqp';
      readonly url: string;
      readonly queues: readonly string[];
      /** The queue where messages end that cannot be stored. */
      readonly deadLetters: string;
      /** HTTP addresses, one per worker, that answer `{"inFlight": number}`. */
      readonly workerStats: readonly string[];
    }
  /** The embedded queue: an HTTP address that answers `{"ready": number, "inFlight": number, "deadLetters": number}`. */
  | { readonly kind: 'in-process'; readonly stats: string };

export interface TargetFailure {
  readonly component: string;
  readonly reason: string;
  /** Last lines of its log. */
  readonly logTail: readonly string[];
}
