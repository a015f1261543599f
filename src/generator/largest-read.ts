/**
 * Largest message that is read, of whatever kind, in bytes: the largest body twice, for what a server puts around it or makes of it.
 * Servers of others may greet a client with all of its history, which is read and passed over.
 */
export const LARGEST_READ_BYTES = 32 * 1024 * 1024;
