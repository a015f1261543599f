/** Which hosts may be loaded, as it was settled before anything was opened. Survives structured cloning. */
export interface HostRules {
  /** Public hosts that were named on purpose, spelt as in URLs; an IPv6 address without brackets. */
  readonly allowed: readonly string[];
  /** Names that were resolved → the addresses that they stand for during the run. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** Nothing but this machine and private networks. */
export const PRIVATE_ONLY: HostRules = { allowed: [], addresses: {} };

/** Where a connection to a ws:// or wss:// address goes: a host as sockets take it, and a port. */
export function readHostAndPort({ protocol, hostname, port }: URL): { readonly host: string; readonly port: number } {
  const usual = protocol === 'wss:' ? 443 : 80;
  return { host: stripBrackets(hostname), port: port === '' ? usual : Number(port) };
}

/** The brackets of an IPv6 address belong to the URL only. */
export function stripBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
