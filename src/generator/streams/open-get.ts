import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readHostAndPort } from '../../host-rules.ts';
import { type HostGuard, HostRefused } from '../hosts/host-guard.ts';
import { serverNameOf } from '../hosts/open-tunnel.ts';
import { connectByTunnel, createTunnelledAgent } from './tunnelled-agent.ts';

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
  const tunnelled = new Map<boolean, HttpAgent>();
  const findAgent = (isSecure: boolean) => {
    const agent = tunnelled.get(isSecure) ?? createTunnelledAgent(hosts, sourceAddress, isSecure);
    tunnelled.set(isSecure, agent);
    return agent;
  };
  return (url, headers) => {
    const parsed = new URL(url);
    const { host, port } = readHostAndPort(parsed);
    const isSecure = parsed.protocol === 'https:';
    const route = hosts.route(host, port, isSecure);
    const refusal = hosts.refuse(host, route !== null);
    if (refusal !== null) throw new HostRefused(refusal);
    const path = parsed.pathname + parsed.search;
    const target = { host, port, path, headers: { Host: parsed.host, ...headers }, ...userOf(parsed) };
    if (route !== null) {
      const request = isSecure ? requestHttps : requestHttp;
      if (isKept) return request({ ...target, agent: findAgent(isSecure) });
      return request({ ...target, createConnection: connectByTunnel(hosts, sourceAddress, isSecure) });
    }
    if (!isSecure) {
      const connect = () => connectTcp({ ...options, host, port });
      return requestHttp(plain === null ? { ...target, createConnection: connect } : { ...target, agent: plain });
    }
    if (!isKept) {
      const connect = () => connectTls({ ...options, ...hosts.secure(), ...serverNameOf(host), host, port });
      return requestHttps({ ...target, createConnection: connect });
    }
    secure ??= new HttpsAgent({ ...options, ...hosts.secure(), keepAlive: true });
    return requestHttps({ ...target, agent: secure });
  };
}

function userOf({ username, password }: URL): { readonly auth?: string } {
  return username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}
