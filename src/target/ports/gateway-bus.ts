import type { Parcel } from './parcel.ts';

/** Carries parcels from workers to single gateways. Fast and unreliable: what a gateway misses it can read in the history. */
export interface GatewayBus {
  /** Settles when the parcels are handed over, with how many of them no gateway listened to. */
  publish(parcels: readonly Parcel[]): Promise<number>;
  /**
   * Settles when the subscription holds. Parcels of one worker arrive in the order in which it published them.
   *
   * @param onRestored called when it holds again after an interruption; default: nobody is told
   */
  subscribe(gateway: string, onPayload: (payload: Buffer) => void, onRestored?: () => void): Promise<void>;
  close(): Promise<void>;
}
