import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readHostAndPort } from '../../host-rules.ts';
import { type HostGuard, HostRefused } from '../hosts/host-guard.ts';

/**
 * Begins GET requests.
 *
 * @throws HostRefused for an address that must not be loaded; a name's is found out when it is looked up
 */
export type OpenGet = (url: string, headers: Readonly<Record<string, string>>) => ClientRequest;

/**
 * @param sourceAddress where connections come from; null: the system chooses
 * @param isKept connections serve one request after the other; else each one only, which needs less memory
 */
export function createOpenGet(sourceAddress: string | null, hosts: HostGuard, isKept: boolean): OpenGet {
  const options = {
    noDelay: true,
    lookup: hosts.lookup,
    ...(sourceAddress === null ? {} : { localAddress: sourceAddress }),
  };
  const plain = isKept ? new HttpAgent({ ...options, keepAlive: true }) : null;
  let secure: HttpsAgent | null = null;
  return (url, headers) => {
    const parsed = new URL(url);
    const { host, port } = readHostAndPort(parsed);
    const refusal = hosts.refuse(host);
    if (refusal !== null) throw new HostRefused(refusal);
    const path = parsed.pathname + parsed.search;
    const target = { host, port, path, headers: { Host: parsed.host, ...headers }, ...userOf(parsed) };
    if (parsed.protocol === 'http:') {
      const connect = () => connectTcp({ ...options, host, port });
      return requestHttp(plain === null ? { ...target, createConnection: connect } : { ...target, agent: plain });
    }
    if (!isKept) {
      const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
      const connect = () => connectTls({ ...options, ...hosts.secure(), ...servername, host, port });
      return requestHttps({ ...target, createConnection: connect });
    }
    secure ??= new HttpsAgent({ ...options, ...hosts.secure(), keepAlive: true });
    return requestHttps({ ...target, agent: secure });
  };
}

function userOf({ username, password }: URL): { readonly auth?: string } {
  return username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}
