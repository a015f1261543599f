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

/** Topics of a broker that knows itself who subscribed to what. */
export interface TopicBus {
  /**
   * Called once, first. Payloads of one topic arrive in the order of publishing.
   *
   * @param onRestored called when all subscriptions hold again after an interruption
   */
  open(onPayload: (payload: Buffer) => void, onRestored: () => void): void;
  /** Settles when every payload that is published from now on arrives. In the order of the calls. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Not kept anywhere; false where the link is broken or too many are under way. */
  publish(channel: string, payload: string): boolean;
  close(): Promise<void>;
}
