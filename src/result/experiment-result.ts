import { z } from 'zod';
import { OBSERVED_UNITS, VARIED } from '../choices.ts';
import type { DataOf } from '../data-schema.ts';
import { INTERRUPTIONS } from '../interruption.ts';
import { runResult, targetDescription } from './run-result.ts';

const figure = z.number().nullable();
/** Missing in files of versions that did not write it. */
const laterFigure = figure.default(null);

/** The figures of one step that a table or a curve needs; the rest is in its own result. Null: no data. */
const stepFigures = z.strictObject({
  offeredPerSecond: figure,
  deliveredPerSecond: figure,
  /** Deliveries, µs, with lost ones at infinity, which is null here and `lost` > 0. */
  p50Us: figure,
  p95Us: figure,
  p99Us: figure,
  /** Message due → its first, median and last recipient has it, µs, with those that it never reached at infinity, too. */
  fanoutFirstP50Us: laterFigure,
  fanoutFirstP95Us: laterFigure,
  fanoutMedianP50Us: laterFigure,
  fanoutMedianP95Us: laterFigure,
  fanoutLastP50Us: laterFigure,
  fanoutLastP95Us: figure,
  lost: z.number().int(),
  duplicated: z.number().int(),
  reordered: z.number().int(),
  queueDepthMax: figure,
  queueDrainUs: figure,
  /** What was observed beside it: the mean of measure and the most, drain included; absent: nothing. */
  observed: z
    .array(z.strictObject({ name: z.string(), unit: z.enum(OBSERVED_UNITS), mean: figure, max: figure }))
    .optional(),
  /** Where the time of deliveries went, and how busy the process of each hop was; absent: the frames do not say. */
  hops: z
    .array(z.strictObject({ name: z.string(), meanUs: z.number(), process: z.string().nullable(), cpuRatio: figure }))
    .optional(),
});
export type StepFigures = DataOf<typeof stepFigures>;

const binding = z.strictObject({
  kind: z.enum(['generator', 'threshold', 'backlog', 'throughput', 'refusal']),
  text: z.string(),
});

const trial = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'invalid']),
  /** As among the figures of a step. */
  p95Us: figure,
  lost: z.number().int(),
  directory: z.string(),
});

const step = z.strictObject({
  /** How the step is told from the others: "1,200/s", "topology=pubsub". */
  label: z.string(),
  /** In a matrix, the part of the label that says how much load it was: "rate=500/s". Only steps of equal load compare. */
  load: z.string().default(''),
  /** What was varied, in its unit (per second, clients, members); null in a matrix. */
  value: z.number().nullable(),
  verdict: z.enum(['pass', 'fail', 'invalid']),
  /** Whether the load was sustained; see `assessSustained`. */
  held: z.boolean(),
  bindings: z.array(binding),
  figures: stepFigures,
  /** Where its result lies, relative to the experiment's own file. */
  directory: z.string(),
  /** In a matrix whose combinations were repeated, all that there were; `figures` are those of the one with the median p95. */
  trials: z.array(trial).default([]),
});
export type ExperimentStep = DataOf<typeof step>;

/** instances = ceil(expected ÷ perInstance × headroom), perInstance = connections ÷ gateways; see `sizeFleet`. */
const sizing = z.strictObject({
  expected: z.number(),
  /** Connections that one instance holds. */
  perInstance: z.number(),
  headroom: z.number(),
  instances: z.number().int(),
  /** Connections that the whole target holds: held, or the rate that was found ÷ `ratePerConnection`. */
  connections: laterFigure,
  ratePerConnection: laterFigure,
  /** Connections of the steps. */
  held: laterFigure,
  /** Null where not known: the target counts as one. */
  gateways: laterFigure,
});

const winner = z.strictObject({
  /** Of which steps, as they have it. */
  load: z.string(),
  /** Index of the step whose every trial has a lower p95 than every trial of the others; null where no step has. */
  step: z.number().int().nullable(),
  /** Why there is none; null where there is one. */
  reason: z.enum(['single-trials', 'within-spread', 'no-figures']).nullable(),
});
export type Winner = DataOf<typeof winner>;

/** Several runs that answer one question: the highest load, a curve, or a comparison of targets. */
export const experimentResult = z.strictObject({
  schema: z.literal('chatbench.experiment/1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  scenario: z.string(),
  question: z.string(),
  kind: z.enum(['capacity', 'curve', 'sweep', 'matrix']),
  /** What the steps differ in; null in a matrix. */
  varied: z.enum(VARIED).nullable(),
  /** Flags that the steps of a matrix differ in, such as "--topology"; null elsewhere, and where it was not written. */
  variedFlags: z.array(z.string()).nullable().default(null),
  /** What all steps had in common: in a matrix null, or left out, where they differ. */
  target: targetDescription.extend({ kind: targetDescription.shape.kind.nullable() }),
  environment: runResult.shape.environment,
  /** In the order in which they ran. */
  steps: z.array(step),
  /** The highest value that was sustained; `bindings` say what kept it from more. Null where none was searched. */
  capacity: z
    .strictObject({ value: z.number().nullable(), failedAt: z.number().nullable(), bindings: z.array(binding) })
    .nullable(),
  /** Index of the step at the knee of the curve; null without a curve. */
  knee: z.number().int().nullable(),
  /** Of a matrix, one for each load that more than one step had. */
  winners: z.array(winner).default([]),
  /** How many instances of this target an expected number of connections needs; null where none was asked for. */
  sizing: sizing.nullable(),
  interruptedBy: z.enum(INTERRUPTIONS).nullable(),
  /** The step in which a target was lost, and how; null where every target lasted. */
  targetLost: z.strictObject({ step: z.string(), reason: z.string() }).nullable().default(null),
});
export type ExperimentResult = DataOf<typeof experimentResult>;
