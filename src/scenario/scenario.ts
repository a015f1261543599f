import type { Balance, Defect, QueueType, RATE_LIMITERS, SPREADS, Topology, TrafficKind } from '../choices.ts';
import type { Experiment } from './experiment.ts';
import type { Fault } from './fault.ts';
import type { ProtocolSpec } from './protocol-spec.ts';

/** What a user asks for: fully defaulted, units resolved, nothing left to interpret. Yielded by `parseScenario`. */
export interface Scenario {
  readonly name: string;
  /** The question that a run of it answers, one line. */
  readonly question: string;
  readonly protocol: ProtocolSpec;
  readonly population: Population;
  readonly load: Load;
  /** What clients do beside sending messages, each kind once; absent: nothing. */
  readonly traffic?: readonly BackgroundTraffic[] | undefined;
  readonly phases: PhaseLengths;
  readonly timeouts: Timeouts;
  /** Largest lateness (sent − intended, p99) at which the run still counts, µs. */
  readonly latenessBudgetUs: number;
  readonly target: TargetRequest;
  readonly spread: Spread;
  /** What clients do when their connection is dropped; null: they stay away, and what they should send is skipped. */
  readonly reconnect: Reconnect | null;
  /** Unsigned 32-bit. The same seed gives the same schedule, to the message. */
  readonly seed: number;
  /** Threshold expressions, checked for syntax and metric names. */
  readonly thresholds: readonly string[];
  /** In order of time. */
  readonly faults: readonly Fault[];
  /** Several runs that answer the question together; null where one does. */
  readonly experiment: Experiment | null;
  /** Those of them that end the run as soon as they do not hold. */
  readonly aborts: readonly AbortRule[];
}

/** Judged once a second, from `afterUs` of measure on. */
export interface AbortRule {
  /** One of the scenario's thresholds. */
  readonly expression: string;
  readonly afterUs: number;
}

export interface Population {
  /** Virtual users, one WebSocket each. */
  readonly clients: number;
  /** Every client is in exactly one room. At least one class; together they hold all clients. */
  readonly roomClasses: readonly RoomClass[];
  readonly roomChoice: RoomChoice;
  /** Share of a room's members that ever send, (0, 1], at least one of them; the others only listen. */
  readonly senderShare: number;
  /** Connections are opened at this pace, evenly; null: as fast as they come up. */
  readonly connectPerSecond: number | null;
}

export interface RoomClass {
  /** Members of a room, the sender included. 1 only where the server sends a message to its sender, too. */
  readonly size: number;
  /** Rooms of this size. */
  readonly count: number;
}

/**
 * Which room a message goes to. `zipf`: room r in proportion to 1 / (r + 1)^exponent. `in-turn`: every room, and in it every
 * sender, once before any comes again.
 */
export type RoomChoice =
  | { readonly kind: 'uniform' }
  | { readonly kind: 'zipf'; readonly exponent: number }
  | { readonly kind: 'in-turn' };

export interface Load {
  /** Gap between arrivals: evenly spaced, or exponential (a Poisson process) with the stage's rate as its mean. */
  readonly process: 'constant' | 'poisson';
  /** One after the other. At least one, and a positive rate somewhere. */
  readonly stages: readonly Stage[];
  /** Sizes of bodies, drawn for each message by their shares, which add up to 1. At least one. */
  readonly payloads: readonly PayloadClass[];
  /** Closed: each sender waits for its message to arrive, then for `thinkTimeUs`; the stages then only set the length. */
  readonly loop: 'open' | 'closed';
  readonly thinkTimeUs: number;
}

/** Independent of the load: at the same rate in warm-up and measure, in a closed loop as in an open one. */
export interface BackgroundTraffic {
  /** typing: notices to the room. receipts: of the last message that the client has received. history: reads of a page. */
  readonly kind: TrafficKind;
  /** Over all clients. Above 0. */
  readonly perSecond: number;
}

export interface PayloadClass {
  /** The marker included. At least `MARKER_BYTES`. */
  readonly bytes: number;
  readonly share: number;
}

/** A linear change of rate over a duration; a constant rate where both ends are equal. */
export interface Stage {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationUs: number;
  /** What thresholds call it (`during burst`); no two stages share one. */
  readonly name?: string | undefined;
}

export interface PhaseLengths {
  /** At the first stage's initial rate; left out of every figure. */
  readonly warmupUs: number;
  /** Sum of the stages. */
  readonly measureUs: number;
  /** Drain ends when all is delivered, or after this long. */
  readonly drainTimeoutUs: number;
}

export interface Timeouts {
  readonly connectUs: number;
  /** A delivery later than this counts as late, besides. */
  readonly deliveryUs: number;
}

/** `fixed`: windows aligned to the clock; `sliding`: any stretch of that length. */
export interface RateLimitRequest {
  readonly kind: (typeof RATE_LIMITERS)[number];
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * How clients are spread over the target's addresses: dealt out in turn, to the one with the fewest live connections, by chance
 * weighted by health, or by user, the same on every run.
 */
export type Spread = (typeof SPREADS)[number];

/** Exponential back-off with full jitter: before attempt n (from 0) a client waits a random time up to min(max, base · 2ⁿ). */
export interface Reconnect {
  readonly backoff: 'full-jitter';
  readonly baseUs: number;
  readonly maxUs: number;
}

export interface TargetRequest {
  readonly kind: 'auto' | 'embedded' | 'local' | 'compose' | 'external';
  /** ws:// or wss:// address; null unless `external`. */
  readonly url: string | null;
  readonly topology: Topology;
  /** Of RabbitMQ's partition queues, where the topology has some. */
  readonly queueType: QueueType;
  /** What each user may send; null: nobody is limited. */
  readonly rateLimit: RateLimitRequest | null;
  readonly gateways: number;
  /** 0 with a topology that has none. */
  readonly workers: number;
  /** How nginx in front of the gateways spreads connections; `none`: no nginx, the generator spreads them itself. */
  readonly balance: Balance;
  /** Messages carry stamps of where their time went, see docs/protocol.md. */
  readonly hops: boolean;
  /** What the reference cluster is to do wrong; null: nothing. */
  readonly defect: Defect | null;
}
