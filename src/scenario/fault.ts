import { z } from 'zod';
import { FAULT_ACTIONS } from '../choices.ts';
import { count, type DataOf } from '../data-schema.ts';
import { formatDuration, formatShare } from '../quantities.ts';

/** Something that breaks on purpose while the run goes on. Times in µs. */
export const fault = z.strictObject({
  /** Since the start of measure. */
  atUs: count,
  /**
   * kill: the process ends without warning, and is started again. restart: it is told to end, and is started again.
   * pause: it stands still, its connections stay open. disconnect: its connections break (of clients: they stay away).
   * delay: its network is slower. stall: clients stop reading.
   */
  action: z.enum(FAULT_ACTIONS),
  /** The component that it happens to, such as worker-1, rabbitmq or redis-pubsub; `clients` for virtual users. */
  on: z.string(),
  /** How long it lasts; null where it is over at once. */
  forUs: count.nullable(),
  /** Share of the clients, (0, 1]; null where it does not happen to clients. */
  share: z.number().nullable(),
  /** What a delay adds to each direction; null for other actions. */
  delayUs: count.nullable(),
});
export type Fault = DataOf<typeof fault>;
export type FaultAction = Fault['action'];

/** "kill worker-1", "delay gateway-1 by 100ms": how a fault is told on a timeline. */
export function describeFault({ share, delayUs, forUs, action, on }: Fault): string {
  const part = share === null ? '' : ` ${formatShare(share)} of`;
  const by = delayUs === null ? '' : ` by ${formatDuration(delayUs)}`;
  const length = forUs === null ? '' : ` for ${formatDuration(forUs)}`;
  return `${action}${part} ${on}${by}${length}`;
}
