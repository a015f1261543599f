/** Which hosts may be loaded, as it was settled before anything was opened. Survives structured cloning. */
export interface HostRules {
  /** Public hosts that were named on purpose, spelt as in URLs; an IPv6 address without brackets. */
  readonly allowed: readonly string[];
  /** Names that were resolved → the addresses that they stand for during the run. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** Nothing but this machine and private networks. */
export const PRIVATE_ONLY: HostRules = { allowed: [], addresses: {} };
