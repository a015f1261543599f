import { z } from 'zod';
import { OBSERVED_SOURCES, OBSERVED_UNITS } from '../choices.ts';
import { count, type DataOf, timeUs } from '../data-schema.ts';

/** Depth of the target's queues over the run, column-wise: sample i is at atUs[i]. */
export const queueSeries = z.strictObject({
  /**
   * `amqp`: passive declare plus what is at workers, by their own gauges or by the broker's. `in-process`: the embedded queue. Else
   * what the scenario observes as its `queue`.
   */
  source: z.enum(['in-process', ...OBSERVED_SOURCES]),
  intervalMs: count,
  /** Probes that failed or came more than one interval late. */
  gaps: count,
  /**
   * So many readings there were; of a run so long that these are more than are kept, those before the last minutes are the deepest of
   * every so many. Absent where each is here.
   */
  thinnedFrom: count.optional(),
  atUs: z.array(timeUs),
  /** Messages that wait for a worker. */
  ready: z.array(count),
  /** Messages at workers; null where their gauge could not be read. */
  inFlight: z.array(count.nullable()),
});
export type QueueSeries = DataOf<typeof queueSeries>;

/** Connections over time, column-wise: sample i is at atUs[i]; null where the gateway could not be asked. */
export const gatewaySeries = z.strictObject({
  atUs: z.array(timeUs),
  gateways: z.array(z.strictObject({ name: z.string(), connections: z.array(count.nullable()) })),
});
export type GatewaySeries = DataOf<typeof gatewaySeries>;

/** What one component used, column-wise: sample i is at atUs[i]; before 0 clients connect. */
export const processSeries = z.strictObject({
  name: z.string(),
  atUs: z.array(timeUs),
  /** Since the sample before, 1 = one core; null in the first sample of a process, and while there is none. */
  cpuRatio: z.array(z.number().nullable()),
  /** What it holds, shared pages counted once; null while there is no process. */
  residentBytes: z.array(count.nullable()),
  /** Of `cpuRatio`: what its busiest thread used, which can use no more than 1. Absent where threads were not looked at. */
  threadRatio: z.array(z.number().nullable()).optional(),
  /** What that thread was ready to use besides, while others had the cores. Absent where threads were not looked at. */
  waitingRatio: z.array(z.number().nullable()).optional(),
});
export type ProcessSeries = DataOf<typeof processSeries>;

/** What others took of this machine while a run measured. Ratios are of the CPU time of all cores, 0–1. */
export const hostSamples = z.strictObject({
  /** Over measure as a whole; null where the machine cannot tell. */
  stealRatio: z.number().nullable(),
  /**
   * What programs used that are neither the generator nor the target, over measure as a whole; null where that cannot be told, as of a
   * target whose processes nobody knows.
   */
  foreignRatio: z.number().nullable().default(null),
  /** Column-wise: sample i is at atUs[i], from the start of measure to its end; null where the machine cannot tell. */
  series: z
    .strictObject({
      atUs: z.array(timeUs),
      /** Since the sample before; null in the first. */
      stealRatio: z.array(z.number().nullable()),
      /** The same of what foreign programs used; empty where that cannot be told. */
      foreignRatio: z.array(z.number().nullable()).default([]),
    })
    .nullable(),
});
export type HostSamples = DataOf<typeof hostSamples>;

/** Something that was looked at beside the run, column-wise: sample i is at atUs[i]. */
export const observedSeries = z.strictObject({
  /** As the scenario calls it: "lag", or "worker.memory" for one of several that a source yields. */
  name: z.string(),
  unit: z.enum(OBSERVED_UNITS),
  /** `in-process` is never asked for: the bundled cluster's embedded queue. */
  source: z.enum(['in-process', ...OBSERVED_SOURCES]),
  intervalMs: count,
  /** Readings that failed, that came late, or that an answer still kept waiting. */
  gaps: count,
  /** As of a queue: so many readings there were, and those before the last minutes are the largest of every so many, of CPU the mean. */
  thinnedFrom: count.optional(),
  /** Why the first of them failed; null where none did. */
  trouble: z.string().nullable(),
  atUs: z.array(timeUs),
  /** Null where the reading failed. */
  values: z.array(z.number().nullable()),
});
export type ObservedSeries = DataOf<typeof observedSeries>;
