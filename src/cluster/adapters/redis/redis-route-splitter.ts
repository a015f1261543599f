const NOBODY: readonly string[] = [];
/** Distinct combinations of gateways that are remembered in split form. */
const COMBINATIONS_KEPT = 1_000;

/** Reads routing entries: comma-separated gateways, null for a room without any. */
export function createRouteSplitter(): (held: string | null) => readonly string[] {
  const combinations = new Map<string, readonly string[]>();
  return (held) => {
    if (held === null) return NOBODY;
    let gateways = combinations.get(held);
    if (gateways === undefined) {
      if (combinations.size >= COMBINATIONS_KEPT) combinations.clear();
      gateways = held.split(',');
      combinations.set(held, gateways);
    }
    return gateways;
  };
}
