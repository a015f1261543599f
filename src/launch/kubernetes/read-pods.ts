import { z } from 'zod';

/** Of what `kubectl get pods -o json` prints, what tells whether a pod runs, and why not. */
const state = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  terminated: z.object({ reason: z.string().optional(), exitCode: z.number().optional() }).optional(),
});
const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
const pod = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z.array(condition).default([]),
    containerStatuses: z.array(z.object({ state: state.default({}) })).default([]),
  }),
});
const podList = z.object({ items: z.array(pod) });
type Pod = z.output<typeof pod>;

export interface PodReport {
  readonly ready: number;
  /** One that has ended with an error is started by nobody again. */
  readonly hasFailed: boolean;
  /** What keeps pods from running: one line each, of the first few. */
  readonly troubles: readonly string[];
}

/** Pods fail for the same reason by the hundred. */
const MOST = 3;

/** @throws Error for what is no such list */
export function readPods(json: string): PodReport {
  const pods = podList.parse(JSON.parse(json)).items;
  const troubles = pods.flatMap((one) => findTrouble(one) ?? []);
  const more = troubles.length - MOST;
  return {
    ready: pods.filter(({ status }) =>
      status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    ).length,
    hasFailed: pods.some(({ status }) => status.phase === 'Failed'),
    troubles: more > 0 ? [...troubles.slice(0, MOST), `and ${more} more likewise`] : troubles,
  };
}

function findTrouble({ metadata, status }: Pod): string | null {
  const unscheduled = status.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  const held = unscheduled ?? status.containerStatuses.flatMap((one) => readTrouble(one.state) ?? [])[0];
  if (held === undefined) return null;
  const { reason = 'held up', message } = held;
  return `pod ${metadata.name}: ${reason}${message === undefined ? '' : ` (${message.split('\n', 1)[0]})`}`;
}

function readTrouble({ waiting, terminated }: z.output<typeof state>) {
  if (waiting !== undefined) return waiting.reason === 'ContainerCreating' ? null : waiting;
  if (terminated === undefined || terminated.exitCode === 0) return null;
  return { reason: terminated.reason ?? 'ended', message: `exit code ${terminated.exitCode}` };
}
