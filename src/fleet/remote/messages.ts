import { z } from 'zod';
import { count, type DataOf } from '../../data-schema.ts';
import { plannedMessages, seating } from '../../plan/run-plan.ts';
import { samples } from '../../record/samples.ts';
import { scenario } from '../../scenario/scenario.ts';
import { intervalBody, reportBody } from './report-body.ts';
import { splitBody } from './split-body.ts';

/** What controller and agents say to each other. Whatever is read from the network is checked against these first. */

/** Of what follows; an agent of another one takes part in nothing. */
export const PROTOCOL = 1;

const word = z.string().min(1).max(200);
/** One word of a subject: it can neither be read as several, nor as a pattern. */
const runName = z.string().regex(/^[\w-]{1,64}$/);
const agentId = z.string().regex(/^\w{1,64}\.\w{1,64}$/);
const line = z.string().max(2_000);
const atUs = z.number().int();

const clientFault = z.strictObject({
  action: z.enum(['disconnect', 'stall']),
  atUs,
  forUs: count,
  share: z.number(),
});

const planGroup = z.strictObject({
  name: z.string(),
  share: z.number(),
  messages: z.number(),
  payloads: scenario.shape.load.shape.payloads.nullable(),
  session: scenario.shape.groups.unwrap().element.shape.session.unwrap().nullable(),
});

const plan = z.strictObject({
  runId: z.string().regex(/^[0-9a-z]{4}$/),
  seed: count,
  load: scenario.shape.load,
  phases: scenario.shape.phases,
  clients: count,
  arriving: scenario.shape.population.shape.arriving,
  roomClasses: scenario.shape.population.shape.roomClasses,
  seating: seating.optional(),
  rooms: count,
  roomChoice: scenario.shape.population.shape.roomChoice,
  senderShare: z.number(),
  connectPerSecond: z.number().nullable(),
  traffic: z.array(scenario.shape.traffic.unwrap().element.extend({ group: count.nullable() })),
  groups: z.array(planGroup),
  clientFaults: z.array(clientFault),
  planned: plannedMessages,
});

/** What a shard's process is told, without what is the agent's own to know: where names lead, and where connections come from. */
const remoteAssignment = z.strictObject({
  shard: z.strictObject({ index: count, count: count.min(1), splitAbove: count.optional(), plan }),
  /** A module's `file` is the SHA-256 of its text, in hex. */
  protocol: scenario.shape.protocol,
  endpoints: z.array(z.string().max(2_000)).min(1),
  /** Whom to trust at the target besides the usual authorities; null: nobody. */
  tls: z.strictObject({ ca: z.string().nullable(), verifies: z.boolean() }).nullable(),
  spread: scenario.shape.spread.unwrap(),
  reconnect: scenario.shape.reconnect.unwrap(),
  rateLimit: scenario.shape.target.shape.rateLimit.unwrap(),
  connectTimeoutUs: count,
  deliveryTimeoutUs: count,
  connectConcurrency: count,
  precise: z.boolean(),
  traces: count.max(1_000).default(0),
  isTraced: z.boolean().default(false),
  /** Its clock is not that of the controller's machine, where the bundled targets run. */
  isElsewhere: z.boolean(),
  /** Of each shard the region of its agent; null: deliveries are not told apart by it. */
  regions: z.array(word.nullable()).nullable().default(null),
});
export type RemoteAssignment = DataOf<typeof remoteAssignment>;

/** What is signed: everything that an agent is to do in a run. */
export const agentAssignment = z.strictObject({
  run: runName,
  /** Whom it is for: nobody else may be given it. */
  agent: agentId,
  assignments: z.array(remoteAssignment).min(1),
});
export type AgentAssignment = DataOf<typeof agentAssignment>;

/** What a run needs of each agent, told before anybody is chosen. */
const needs = z.strictObject({
  variables: z.array(word),
  /** SHA-256 of each module, in hex. */
  modules: z.array(word),
  hosts: z.array(word),
  clients: count,
  /** Null: as fast as answers come. */
  perSecond: z.number().nullable(),
  durationUs: count,
});
export type Needs = DataOf<typeof needs>;

/** To all agents. `run` null: who is there? */
export const call = z.strictObject({
  protocol: count,
  version: word,
  run: runName.nullable(),
  needs: needs.nullable(),
});
export type Call = DataOf<typeof call>;

/** The answer of one. Told of another protocol, this much must be understood of it. */
export const hello = z.strictObject({
  protocol: count,
  version: word,
  id: agentId,
  /** For people: host and process. */
  name: word,
  /** The call that it answers. */
  run: runName.nullable(),
  cores: count,
  memoryBytes: count,
  openFilesLimit: count.nullable(),
  labels: z.record(z.string().max(100), z.string().max(200)),
  /** Those that it asks for the time, by name. */
  timeServers: z.array(word),
  allows: z.array(word),
  maxPerSecond: z.number().nullable(),
  maxConnections: count.nullable(),
  /** The run that it has a part in; null: none. */
  busyWith: word.nullable(),
  /** Why it cannot take part, one line each. */
  lacks: z.array(line),
});
export type AgentHello = DataOf<typeof hello>;

/** Each message is numbered from 1, arrives once and in order; number 0 are those whose loss does not matter. */
const numbering = { seq: count, ack: count };

const toAgent = z.discriminatedUnion('type', [
  /** `text` is JSON of an `AgentAssignment`. */
  z.strictObject({ type: z.literal('assign'), text: z.string(), signature: z.string(), controller: word }),
  /** Times of the controller's clock come back as they are. */
  z.strictObject({ type: z.literal('ping'), sentAtUs: atUs }),
  /** It may send until then, on its own clock. */
  z.strictObject({ type: z.literal('lease'), untilUs: atUs }),
  /** Can it start then, on its own clock? */
  z.strictObject({ type: z.literal('arm'), startAtUs: atUs }),
  z.strictObject({ type: z.literal('start'), shard: count, startAtUs: atUs }),
  z.strictObject({ type: z.literal('pause'), shard: count, isPaused: z.boolean() }),
  z.strictObject({ type: z.literal('stop'), shard: count }),
  /** What another shard does not send to rooms that are split. */
  z.strictObject({
    type: z.literal('unsent'),
    shard: count,
    unsent: z.strictObject({ shard: count, numbers: z.array(count), endsAt: count.nullable() }),
  }),
  z.strictObject({ type: z.literal('give-up'), shard: count, reason: line }),
  /** Nothing more will come of this run. */
  z.strictObject({ type: z.literal('leave') }),
]);
export type ToAgent = DataOf<typeof toAgent>;

const fromAgent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('accepted') }),
  z.strictObject({ type: z.literal('refused'), reason: line }),
  z.strictObject({ type: z.literal('pong'), sentAtUs: atUs, receivedAtUs: atUs, answeredAtUs: atUs }),
  z.strictObject({ type: z.literal('beat') }),
  /** What the answer of one of its time servers leaves open of the time of day minus its own clock. */
  z.strictObject({ type: z.literal('time'), server: count, atUs: z.number(), lowUs: z.number(), highUs: z.number() }),
  z.strictObject({ type: z.literal('connecting'), shard: count, opened: count }),
  z.strictObject({ type: z.literal('connected'), shard: count, connections: reportBody.shape.connections }),
  /** How long before it the start was known; below 0: not in time. */
  z.strictObject({ type: z.literal('armed'), startAtUs: atUs, slackUs: atUs }),
  z.strictObject({
    type: z.literal('interval'),
    shard: count,
    interval: intervalBody,
    snapshot: z.strictObject({
      ledgers: z.strictObject({ warmup: samples.shape.warmupLedger, measure: samples.shape.ledger }),
      cpuRatio: z.number(),
    }),
  }),
  z.strictObject({ type: z.literal('split'), shard: count, split: splitBody }),
  /** `lost`: why the report is not that of a whole part; null where it is. `report` null: the shard never started. */
  z.strictObject({
    type: z.literal('finished'),
    shard: count,
    report: reportBody.nullable(),
    lost: line.nullable(),
  }),
]);
export type FromAgent = DataOf<typeof fromAgent>;

export const parcelToAgent = z.strictObject({ ...numbering, run: runName, message: toAgent });
export type ParcelToAgent = DataOf<typeof parcelToAgent>;
export const parcelFromAgent = z.strictObject({ ...numbering, message: fromAgent });
