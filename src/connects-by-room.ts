/** What of a protocol's description says who connects, and where to. */
interface Connecting {
  readonly url: string;
  readonly headers: unknown;
  readonly subprotocols: unknown;
  readonly login: unknown;
  readonly poll: unknown;
  readonly mqtt: {
    readonly clientId: string;
    readonly username: string | null;
    readonly password: string | null;
  } | null;
}

/**
 * A connection is one room's, whose name stands in what connects it. Otherwise rooms are joined by what is sent over it, and it may be of
 * several.
 */
export function connectsByRoom({ url, headers, subprotocols, login, poll, mqtt }: Connecting): boolean {
  const { clientId, username, password } = mqtt ?? {};
  return namesRoom([url, headers, subprotocols, login, poll, clientId, username, password]);
}

/** Somewhere in it the name of a room is filled in. */
export function namesRoom(described: unknown): boolean {
  return JSON.stringify(described).includes('{room}');
}
