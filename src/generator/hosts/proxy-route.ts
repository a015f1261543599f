import { isIPv6, type LookupFunction } from 'node:net';
import { basicAuthorization } from '../../basic-authorization.ts';
import { readHostAndPort } from '../../host-rules.ts';

/** A proxy, as connections are made through it. */
export interface ProxyRoute {
  readonly host: string;
  readonly port: number;
  /** What is said to the proxy itself is encrypted. */
  readonly isSecure: boolean;
  /** The header `Proxy-Authorization`; null: it wants none. */
  readonly authorization: string | null;
  readonly lookup: LookupFunction;
}

/** @param url http:// or https:// address, with a user where the proxy wants to know who comes */
export function readRoute(url: string, lookup: LookupFunction): ProxyRoute {
  const parsed = new URL(url);
  return {
    ...readHostAndPort(parsed),
    isSecure: parsed.protocol === 'https:',
    authorization: basicAuthorization(parsed),
    lookup,
  };
}

/** Host and port as they stand in a request. */
export function nameAuthority(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
