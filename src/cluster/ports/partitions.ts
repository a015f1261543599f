/**
 * Partitions of the queue, unless a configuration says otherwise: as many workers as this can share the load, and it stays
 * the same whatever their number. Gateways and workers of a cluster must agree on it: a room's partition follows from it.
 */
export const PARTITIONS = 16;
