import type { FAULT_ACTIONS } from '../choices.ts';
import { formatDuration, formatShare } from '../quantities.ts';

/** Something that breaks on purpose while the run goes on. Times in µs. */
export interface Fault {
  /** Since the start of measure. */
  readonly atUs: number;
  readonly action: FaultAction;
  /** The component that it happens to, such as worker-1, rabbitmq or redis-pubsub; `clients` for virtual users. */
  readonly on: string;
  /** How long it lasts; null where it is over at once. */
  readonly forUs: number | null;
  /** Share of the clients, (0, 1]; null where it does not happen to clients. */
  readonly share: number | null;
  /** What a delay adds to each direction; null for other actions. */
  readonly delayUs: number | null;
}

/**
 * kill: the process ends without warning, and is started again. restart: it is told to end, and is started again.
 * pause: it stands still, its connections stay open. disconnect: its connections break (of clients: they stay away).
 * delay: its network is slower. stall: clients stop reading.
 */
export type FaultAction = (typeof FAULT_ACTIONS)[number];

/** "kill worker-1", "delay gateway-1 by 100ms": how a fault is told on a timeline. */
export function describeFault(fault: Fault): string {
  const share = fault.share === null ? '' : ` ${formatShare(fault.share)} of`;
  const by = fault.delayUs === null ? '' : ` by ${formatDuration(fault.delayUs)}`;
  const length = fault.forUs === null ? '' : ` for ${formatDuration(fault.forUs)}`;
  return `${fault.action}${share} ${fault.on}${by}${length}`;
}
