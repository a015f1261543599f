import type { GatewayBus } from '../../ports/buses.ts';

/** Every parcel to every gateway of this process, in a later turn of the event loop, in order. */
export function createMemoryFanoutBus(): GatewayBus {
  const listeners = new Map<string, (payload: Buffer) => void>();
  return {
    async publish(parcels) {
      if (parcels.length === 0) return 0;
      await new Promise((resolve) => setImmediate(resolve));
      for (const { payload } of parcels) for (const listener of listeners.values()) listener(Buffer.from(payload));
      return listeners.size === 0 ? parcels.length : 0;
    },
    async subscribe(gateway, onPayload) {
      listeners.set(gateway, onPayload);
    },
    async close() {
      listeners.clear();
    },
  };
}
