import { openGaugeReader } from './http-gauges.ts';
import type { QueueProbe } from './queue-probe.ts';

/** Depth of the embedded cluster's queue, from the address at which it publishes `{"ready": n, "inFlight": n}`. */
export function openInProcessQueueProbe(stats: string): QueueProbe {
  const gauges = openGaugeReader(stats);
  return {
    source: 'in-process',
    async read() {
      const { ready, inFlight } = await gauges.read();
      if (ready === undefined) throw new Error(`${stats} has no gauge "ready"`);
      return { ready, inFlight: inFlight ?? null };
    },
    close: () => gauges.close(),
  };
}
