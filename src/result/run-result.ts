import { z } from 'zod';
import { QUEUE_TYPES } from '../choices.ts';
import { count, type DataOf, timeUs } from '../data-schema.ts';
import { INTERRUPTIONS } from '../interruption.ts';
import { plannedMessages } from '../plan/run-plan.ts';
import { liveEvent } from '../record/live-update.ts';
import { samples } from '../record/samples.ts';
import { gatewaySeries, hostSamples, observedSeries, processSeries, queueSeries } from '../sampler/observations.ts';
import { scenario } from '../scenario/scenario.ts';

const component = z.strictObject({ name: z.string(), version: z.string() });

/** What was measured, with versions. `topology` is null for a target that chatbench did not start. */
export const targetDescription = z.strictObject({
  kind: z.enum(['embedded', 'local', 'compose', 'external']),
  topology: z.string().nullable(),
  /** Of the broker's queues; null where there are none, or nothing is known of them. */
  queueType: z.enum(QUEUE_TYPES).nullable().default(null),
  gateways: count.nullable(),
  workers: count.nullable(),
  components: z.array(component),
  /** Hosts outside of this machine and its private networks, named by `--allow-target`; absent where there was none. */
  publicHosts: z.array(z.string()).optional(),
  /** Its certificate was not verified, by `--insecure`; absent where it was, or there was none. */
  unverified: z.literal(true).optional(),
});

const environment = z.strictObject({
  chatbench: z.string(),
  node: z.string(),
  os: z.string(),
  cpu: z.string(),
  /** Those that chatbench could use at once. */
  cores: count,
  /** All of the machine's; absent: the same. */
  machineCores: count.optional(),
  /** CPU time per time that control groups left it; absent: no limit. */
  quotaCores: z.number().optional(),
  memoryBytes: count,
});

/** All that is known of a run: every report, verdict and comparison derives from it alone. Times are µs since run start. */
export const runResult = z.strictObject({
  schema: z.literal('chatbench.result/1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  /** `partial`: interrupted, or a shard was lost; `reason` says which. */
  completeness: z.strictObject({ status: z.enum(['complete', 'partial']), reason: z.string().nullable() }),
  interruptedBy: z.enum(INTERRUPTIONS).nullable(),
  /** The threshold that ended the run early, with its value by then; null where none did. */
  aborted: z.strictObject({ expression: z.string(), actual: z.string(), atUs: timeUs }).nullable().default(null),
  /** What a benchmark that times the POST would have printed, see docs/measurement.md; null where nobody asked for it. */
  article: z
    .strictObject({
      postP95Us: count.nullable(),
      postsPerSecond: z.number().nullable(),
      queueMaxDepth: count.nullable(),
    })
    .nullable()
    .default(null),
  scenario,
  target: targetDescription,
  environment,
  phases: z.strictObject({
    warmupEndUs: timeUs,
    measureEndUs: timeUs,
    /** When the last expected delivery had arrived, or drain was given up. */
    drainEndUs: timeUs,
  }),
  shards: z.strictObject({ planned: count, reported: count }),
  /**
   * Of a run with rooms over several agents: a time from a sender to its recipients may be off by so much, µs, since clocks of two agents
   * are part of it; -1: by any. Absent: one clock was.
   */
  clockErrorUs: z.number().int().min(-1).optional(),
  /** The same by breakdown, such as `from=tokyo,to=london`; 0: one clock was. Absent: agents have no regions. */
  clockErrorsUs: z.record(z.string(), z.number().int().min(-1)).optional(),
  /** Of a run of several agents: no two of them began further apart, µs; -1: that is not known. */
  startSpreadUs: z.number().int().min(-1).optional(),
  /**
   * Messages that the plan has, which the ledgers of a complete run must come to; null for a closed loop, or where it is not
   * known.
   */
  schedule: plannedMessages.nullable().default(null),
  samples,
  /**
   * Of a run so long that `samples.intervals` has not all of its seconds: they are in seconds.ndjson, and here is what they come
   * to. Null where it has all.
   */
  seconds: z
    .strictObject({
      /** `samples.intervals` has the seconds that are multiples of this. */
      every: count,
      total: count,
      /** Over measure. Null where it is not known: the disk was full. */
      deliveredPerSecond: z.number().nullable(),
      /** Of each threshold with a window and data: its worst, null for endless, and the stretch of that where it is about stretches. */
      figures: z.array(
        z.strictObject({
          expression: z.string(),
          value: z.number().nullable(),
          /** The same without what the generator may have added to it itself. */
          ofTarget: z.number().nullable(),
          stretch: z.strictObject({ fromUs: timeUs, toUs: timeUs }).nullable(),
        }),
      ),
    })
    .nullable()
    .default(null),
  /** Null where there was nothing to sample. */
  queue: queueSeries.nullable(),
  /** What the scenario asked to be observed beside the run, a series each; absent: nothing. */
  observed: z.array(observedSeries).optional(),
  /**
   * Connections of each gateway, by its name, as the gateways themselves counted them when measure began: how clients
   * were spread, also behind a load balancer. Null where the gateways cannot be asked.
   */
  gatewayConnections: z.record(z.string(), count).nullable().default(null),
  /** Rooms that the gateways still held when every client had gone; null where they do not tell, or others were connected. */
  gatewayRoomsLeft: count.nullable().default(null),
  /** The same over time, once a second. Null where the gateways cannot be asked. */
  gatewaySeries: gatewaySeries.nullable().default(null),
  /** CPU and memory of the target's processes and of the generator's; null where they are not this machine's to see. */
  processes: z.array(processSeries).nullable().default(null),
  /** The machine that the generator ran on. */
  host: hostSamples.default({ stealRatio: null, foreignRatio: null, series: null }),
  timeline: z.array(liveEvent),
});

export type RunResult = DataOf<typeof runResult>;
