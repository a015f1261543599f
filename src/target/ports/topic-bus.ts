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
