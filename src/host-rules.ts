import type { ProxyRules } from './proxy-rules.ts';

/** Which hosts may be loaded, as it was settled before anything was opened. Survives structured cloning. */
export interface HostRules {
  /** Public hosts that were named on purpose, spelt as in URLs; an IPv6 address without brackets. */
  readonly allowed: readonly string[];
  /** Names that were resolved → the addresses that they stand for during the run. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** True: private hosts, too, are loaded only where they were named; absent: they are anyway. */
  readonly isStrict?: boolean;
  /** What holds for encrypted connections besides; absent: what usually does. */
  readonly tls?: TlsRules;
  /** Through whom connections go; absent: directly. */
  readonly proxy?: ProxyRules;
}

/** Contents of PEM files; null: none was given. */
export interface TlsRules {
  /** Authorities to trust besides the usual ones. */
  readonly ca: string | null;
  /** What the clients show of themselves. */
  readonly cert: string | null;
  readonly key: string | null;
  /** False: whoever answers is believed to be the target. */
  readonly verifies: boolean;
}

/** What to do where an encrypted connection cannot be opened. */
export const TLS_REMEDY =
  'trust its certificate with --ca FILE, show one of your own with --cert and --key, or leave it unchecked with --insecure';

/** Nothing but this machine and private networks. */
export const PRIVATE_ONLY: HostRules = { allowed: [], addresses: {} };

const USUAL_PORTS: Readonly<Record<string, number>> = { 'wss:': 443, 'https:': 443, 'mqtt:': 1883, 'mqtts:': 8883 };

/** Where a connection to an address goes: a host as sockets take it, and a port, which is 80 where the scheme has no other. */
export function readHostAndPort({ protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>): {
  readonly host: string;
  readonly port: number;
} {
  const usual = USUAL_PORTS[protocol] ?? 80;
  return { host: stripBrackets(hostname), port: port === '' ? usual : Number(port) };
}

/** The brackets of an IPv6 address belong to the URL only. */
export function stripBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
