import { z } from 'zod';
import { BALANCES, DEFECTS, QUEUE_TYPES, RATE_LIMITERS, SPREADS, TOPOLOGIES, TRAFFIC_KINDS } from '../choices.ts';
import { count, type DataOf } from '../data-schema.ts';
import { experiment } from './experiment.ts';
import { fault } from './fault.ts';
import { observationRequest } from './observe.ts';
import { protocolSpec } from './protocol-spec.ts';

const roomClass = z.strictObject({
  /** Members of a room, the sender included. 1 only where the server sends a message to its sender, too. */
  size: count,
  /** Rooms of this size. */
  count,
});
export type RoomClass = DataOf<typeof roomClass>;

/**
 * Which room a message goes to. `zipf`: room r in proportion to 1 / (r + 1)^exponent. `in-turn`: every room, and in it every
 * sender, once before any comes again.
 */
const roomChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform') }),
  z.strictObject({ kind: z.literal('zipf'), exponent: z.number() }),
  z.strictObject({ kind: z.literal('in-turn') }),
]);
export type RoomChoice = DataOf<typeof roomChoice>;

/** So many more clients (or none) come within a time, evenly. */
const arrivingStep = z.strictObject({ from: count, to: count, durationUs: count });

const population = z.strictObject({
  /** Virtual users, one WebSocket each. */
  clients: count,
  /** They come during measure, in the order of their numbers, from its beginning on; the last step ends with all. Absent: all are there before. */
  arriving: z.array(arrivingStep).min(1).optional(),
  /** At least one class; together they hold every client once, or as often as it is in a room. */
  roomClasses: z.array(roomClass).min(1),
  /** Every client is in so many rooms, which are drawn; of each class there is a multiple of it. Absent: in one. */
  roomsPerClient: count.optional(),
  roomChoice,
  /** Share of a room's members that ever send, (0, 1], at least one of them; the others only listen. */
  senderShare: z.number(),
  /** Connections are opened at this pace, evenly; null: as fast as they come up. */
  connectPerSecond: z.number().nullable(),
});
export type Population = DataOf<typeof population>;

/** A linear change of rate over a duration; a constant rate where both ends are equal. */
const stage = z.strictObject({
  fromPerSecond: z.number(),
  toPerSecond: z.number(),
  durationUs: count,
  /** What thresholds call it (`during burst`); no two stages share one. */
  name: z.string().optional(),
});
export type Stage = DataOf<typeof stage>;

const payloadClass = z.strictObject({
  /** The marker included. At least `MARKER_BYTES`. */
  bytes: count,
  share: z.number(),
});
export type PayloadClass = DataOf<typeof payloadClass>;

const load = z.strictObject({
  /** Gap between arrivals: evenly spaced, or exponential (a Poisson process) with the stage's rate as its mean. */
  process: z.enum(['constant', 'poisson']),
  /** One after the other. At least one, and a positive rate somewhere. */
  stages: z.array(stage).min(1),
  /** Sizes of bodies, drawn for each message by their shares, which add up to 1. At least one. */
  payloads: z.array(payloadClass).min(1),
  /** Closed: each sender waits for its message to arrive, then for `thinkTimeUs`; the stages then only set the length. */
  loop: z.enum(['open', 'closed']),
  thinkTimeUs: count,
});
export type Load = DataOf<typeof load>;

/** Independent of the load: at the same rate in warm-up and measure, in a closed loop as in an open one. */
const backgroundTraffic = z.strictObject({
  /** typing: notices to the room. receipts: of the last message that the client has received. history: reads of a page. */
  kind: z.enum(TRAFFIC_KINDS),
  /** Over all clients. Above 0. */
  perSecond: z.number(),
});
export type BackgroundTraffic = DataOf<typeof backgroundTraffic>;

/** Clients come and go: how long they stay and how long they are away, in the mean of exponential times unless they are fixed. µs. */
const session = z.strictObject({ lengthUs: count, awayUs: count, isFixed: z.boolean() });
export type Session = DataOf<typeof session>;

/** Clients that do something of their own. Which ones these are is drawn by the seed. */
const group = z.strictObject({
  name: z.string(),
  /** Of all clients, (0, 1]; all groups together are all clients. */
  share: z.number(),
  /** Of all messages, 0–1; those of all groups add up to 1. */
  messages: z.number(),
  /** Sizes of its bodies; absent: the load's. */
  payloads: z.array(payloadClass).min(1).optional(),
  /** What its clients do beside what all do, together; absent: nothing. */
  traffic: z.array(backgroundTraffic).optional(),
  /** Absent: they stay. */
  session: session.optional(),
  /** How its clients speak to the target; absent: as the scenario says. */
  protocol: protocolSpec.optional(),
});
export type Group = DataOf<typeof group>;

const phaseLengths = z.strictObject({
  /** At the first stage's initial rate; left out of every figure. */
  warmupUs: count,
  /** Sum of the stages. */
  measureUs: count,
  /** Drain ends when all is delivered, or after this long. */
  drainTimeoutUs: count,
});
export type PhaseLengths = DataOf<typeof phaseLengths>;

/** `fixed`: windows aligned to the clock; `sliding`: any stretch of that length. */
const rateLimitRequest = z.strictObject({ kind: z.enum(RATE_LIMITERS), limit: count, windowMs: count });
export type RateLimitRequest = DataOf<typeof rateLimitRequest>;

const targetRequest = z.strictObject({
  kind: z.enum(['auto', 'embedded', 'local', 'compose', 'external']),
  /** ws:// or wss:// address; null unless `external`. */
  url: z.string().nullable(),
  /** More addresses of the same server, over which the clients spread. */
  further: z.array(z.string()).default([]),
  topology: z.enum(TOPOLOGIES),
  /** Of RabbitMQ's partition queues, where the topology has some. */
  queueType: z.enum(QUEUE_TYPES).default('classic'),
  /** What each user may send; null: nobody is limited. */
  rateLimit: rateLimitRequest.nullable().default(null),
  gateways: count,
  /** 0 with a topology that has none. */
  workers: count,
  /** How nginx in front of the gateways spreads connections; `none`: no nginx, the generator spreads them itself. */
  balance: z.enum(BALANCES),
  /** Messages carry stamps of where their time went, see docs/protocol.md. */
  hops: z.boolean().default(true),
  /** Its users must bear tokens; absent: they need none. */
  auth: z.literal(true).optional(),
  /** What the reference cluster is to do wrong; null: nothing. */
  defect: z.enum(DEFECTS).nullable().default(null),
});
export type TargetRequest = DataOf<typeof targetRequest>;

/** Exponential back-off with full jitter: before attempt n (from 0) a client waits a random time up to min(max, base · 2ⁿ). */
const reconnect = z.strictObject({ backoff: z.literal('full-jitter'), baseUs: count, maxUs: count });
export type Reconnect = DataOf<typeof reconnect>;

/** Judged once a second, from `afterUs` of measure on. */
const abortRule = z.strictObject({
  /** One of the scenario's thresholds. */
  expression: z.string(),
  afterUs: count,
});
export type AbortRule = DataOf<typeof abortRule>;

/** What the command ends with where a threshold is what a run fails by. */
const exitRule = z.strictObject({
  /** One of the scenario's thresholds. */
  expression: z.string(),
  /** 1–255. */
  exitCode: count,
});
export type ExitRule = DataOf<typeof exitRule>;

/**
 * What a user asks for: fully defaulted, units resolved, nothing left to interpret. Yielded by `parseScenario`, and kept in the
 * result of its run. Defaults here are for results of versions that did not write the key.
 */
export const scenario = z.strictObject({
  name: z.string(),
  /** The question that a run of it answers, one line. */
  question: z.string(),
  protocol: protocolSpec,
  population,
  load,
  /** What clients do beside sending messages, each kind once; absent: nothing. */
  traffic: z.array(backgroundTraffic).optional(),
  /** Users that do different things; absent: all do the same. */
  groups: z.array(group).optional(),
  phases: phaseLengths,
  timeouts: z.strictObject({
    connectUs: count,
    /** A delivery later than this counts as late, besides. */
    deliveryUs: count,
  }),
  /** Largest lateness (sent − intended, p99) at which the run still counts, µs. */
  latenessBudgetUs: count,
  target: targetRequest,
  /** Unsigned 32-bit. The same seed gives the same schedule, to the message. */
  seed: count,
  /** Threshold expressions, checked for syntax and metric names. */
  thresholds: z.array(z.string()),
  /**
   * How clients are spread over the target's addresses: dealt out in turn, to the one with the fewest live connections, by chance
   * weighted by health, or by user, the same on every run.
   */
  spread: z.enum(SPREADS).default('round-robin'),
  /** What clients do when their connection is dropped; null: they stay away, and what they should send is skipped. */
  reconnect: reconnect.nullable().default(null),
  /** In order of time. */
  faults: z.array(fault),
  /** What is looked at beside the run; absent: nothing. */
  observe: z.array(observationRequest).optional(),
  /** Several runs that answer the question together; null where one does. */
  experiment: experiment.nullable(),
  /** Those of them that end the run as soon as they do not hold. */
  aborts: z.array(abortRule).default([]),
  /** Those of them that have an exit code of their own; absent: none. */
  exits: z.array(exitRule).optional(),
});
export type Scenario = DataOf<typeof scenario>;
export type Spread = Scenario['spread'];
