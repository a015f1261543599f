import type { GatewayBus } from '../../ports/buses.ts';

/** Parcels within one process. They arrive in a later turn of the event loop, in order, before `publish` settles. */
export function createMemoryBus(): GatewayBus {
  const listeners = new Map<string, (payload: Buffer) => void>();
  return {
    async publish(parcels) {
      if (parcels.length === 0) return 0;
      await new Promise((resolve) => setImmediate(resolve));
      let unheard = 0;
      for (const { gateway, payload } of parcels) {
        const listener = listeners.get(gateway);
        if (listener === undefined) unheard++;
        else listener(Buffer.from(payload));
      }
      return unheard;
    },
    async subscribe(gateway, onPayload) {
      listeners.set(gateway, onPayload);
    },
    async close() {
      listeners.clear();
    },
  };
}
