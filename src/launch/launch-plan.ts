import { z } from 'zod';
import { BALANCES, DEFECTS, QUEUE_TYPES, TOPOLOGIES } from '../choices.ts';
import { rateLimit } from '../cluster/rate-limit.ts';

/** No workers where the topology has none. */
const size = { gateways: z.number().int().min(1).max(64), workers: z.number().int().min(0).max(64) };

/** What a supervisor is told in the environment variable CHATBENCH_SUPERVISOR, as JSON. */
export const launchPlan = z.strictObject({
  kind: z.enum(['local', 'embedded']),
  topology: z.enum(TOPOLOGIES),
  queueType: z.enum(QUEUE_TYPES),
  /** What each user may send; null: nobody is limited. */
  rateLimit: rateLimit.nullable(),
  ...size,
  balance: z.enum(BALANCES),
  /**
   * Where to keep the state of a detached target, which lives until it is told to stop; null for one that lives no
   * longer than the process that started it.
   */
  stateFile: z.string().nullable(),
  startTimeoutMs: z.number().int().positive(),
  /** Messages carry stamps of where their time went. */
  hops: z.boolean(),
  /** HMAC key of the tokens that its users must bear; null: they need none. */
  tokenKey: z.string().nullable(),
  /** What it does wrong, on purpose; null: nothing. */
  defect: z.enum(DEFECTS).nullable(),
});
export type LaunchPlan = z.infer<typeof launchPlan>;

const component = z.strictObject({ name: z.string(), version: z.string() });

const queueAccess = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('amqp'),
    url: z.string(),
    queues: z.array(z.string()),
    deadLetters: z.string(),
    workerStats: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('in-process'), stats: z.string() }),
]);

const namedProcess = z.strictObject({ name: z.string(), pid: z.number().int() });

/** The part of a `RunningTarget` that is data. */
export const targetFacts = z.strictObject({
  description: z.strictObject({
    kind: z.enum(['embedded', 'local', 'compose']),
    topology: z.enum(TOPOLOGIES),
    /** Null where no broker keeps a queue. */
    queueType: z.enum(QUEUE_TYPES).nullable(),
    gateways: z.number().int(),
    workers: z.number().int(),
    components: z.array(component),
  }),
  balance: z.enum(BALANCES),
  rateLimit: rateLimit.nullable(),
  defect: z.enum(DEFECTS).nullable(),
  /** See `LaunchPlan`. */
  tokenKey: z.string().nullable(),
  endpoints: z.array(z.string()),
  gatewayStats: z.array(z.string()),
  processes: z.array(namedProcess),
  /** Null for a topology without one. */
  queue: queueAccess.nullable(),
});
export type TargetFacts = z.infer<typeof targetFacts>;

export const targetFailure = z.strictObject({
  component: z.string(),
  reason: z.string(),
  logTail: z.array(z.string()).readonly(),
});

/** What a supervisor tells the process that started it. */
export const supervisorMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), component: z.string(), elapsedMs: z.number() }),
  z.strictObject({ type: z.literal('ready'), facts: targetFacts }),
  /** Something died, or never came up. */
  z.strictObject({ type: z.literal('failed'), failure: targetFailure }),
  /** What an operator can mend before anything starts. */
  z.strictObject({
    type: z.literal('refused'),
    code: z.enum(['usage', 'target-unavailable', 'target-failed']),
    message: z.string(),
    hint: z.string().nullable(),
  }),
  /** A component that was started again is this process now. */
  z.strictObject({ type: z.literal('restarted'), process: namedProcess }),
  /** `error`: why the fault could not be brought about; null where it was. */
  z.strictObject({ type: z.literal('fault-done'), id: z.number().int(), error: z.string().nullable() }),
]);
export type SupervisorMessage = z.infer<typeof supervisorMessage>;

/** What the process that started it tells a supervisor. */
export const supervisorCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({
    type: z.literal('fault'),
    /** Comes back in the answer. */
    id: z.number().int(),
    action: z.enum(['kill', 'restart', 'pause', 'resume', 'disconnect']),
    component: z.string(),
  }),
]);
export type SupervisorCommand = z.infer<typeof supervisorCommand>;
