import { BlockList, isIP, isIPv6 } from 'node:net';

/** Through whom connections go to others; see `proxyFor`. Survives structured cloning. */
export interface ProxyRules {
  /** http:// or https:// address of the proxy for ws:// and http://, with its user and password; null: they go directly. */
  readonly plain: string | null;
  /** The same for wss:// and https://. */
  readonly secure: string | null;
  /** Hosts that are connected to directly, each as an entry of `NO_PROXY`. */
  readonly direct: readonly string[];
}

/** What no proxy can reach that a variable names for all programs: this machine. */
export const LOOPBACK_ENTRIES: readonly string[] = ['localhost', '127.0.0.0/8', '::1'];

/**
 * The address of the proxy that a connection goes through; null: it goes directly.
 *
 * @param host a name, or an address without brackets
 */
export function proxyFor(rules: ProxyRules | undefined, host: string, port: number, isSecure: boolean): string | null {
  const proxy = (isSecure ? rules?.secure : rules?.plain) ?? null;
  if (rules === undefined || proxy === null) return null;
  return rules.direct.some((entry) => matches(entry.toLowerCase(), host.toLowerCase(), port)) ? null : proxy;
}

/** `*`, a name with all below it (with a dot before it or without), an address, or a network such as 10.0.0.0/8; each may end in a port. */
function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  if (isIPv6(entry)) return isIPv6(host) && isSameAddress(entry, host);
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
  const suffix = name.replace(/^\*?\./, '').replace(/^\[(.*)\]$/, '$1');
  return suffix !== '' && (host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`)));
}

function isInNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), `ipv${family}` as 'ipv4');
  return list.check(host, `ipv${family}` as 'ipv4');
}

function isSameAddress(one: string, other: string): boolean {
  const list = new BlockList();
  list.addAddress(one, 'ipv6');
  return list.check(other, 'ipv6');
}
