/** Times of the protocol that controller and agents must agree on, µs. */

/** How often each side looks after its side of a conversation. */
export const TICK_US = 250_000;

/** An agent gives a sign of life so often. */
export const BEAT_EVERY_US = 500_000;

/** The controller renews leases so often. */
export const LEASE_EVERY_US = 500_000;

/** After the last one that an agent has heard of, its shards stop by themselves. */
export const LEASE_US = 3_000_000;

/**
 * An agent that the controller has not heard for so long is lost for good: later than its lease, so that by then nothing of it can
 * still be sending.
 */
export const SILENCE_US = 4_000_000;

/** What nobody has acknowledged so long after the lease has ended is written down where the agent is. */
export const KEPT_AFTER_US = 5_000_000;
