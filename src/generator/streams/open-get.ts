import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { readHostAndPort } from '../../host-rules.ts';
import { type HostGuard, HostRefused } from '../hosts/host-guard.ts';

/** Begins GET requests, each on a connection of its own that is kept for the next where its answer ends. */
export type OpenGet = (url: string, headers: Readonly<Record<string, string>>) => ClientRequest;

/** @param sourceAddress where connections come from; null: the system chooses */
export function createOpenGet(sourceAddress: string | null, hosts: HostGuard): OpenGet {
  const options = {
    keepAlive: true,
    noDelay: true,
    lookup: hosts.lookup,
    ...(sourceAddress === null ? {} : { localAddress: sourceAddress }),
  };
  const plain = new HttpAgent(options);
  let secure: HttpsAgent | null = null;
  /** @throws HostRefused for an address that must not be loaded; a name's is found out when it is looked up */
  return (url, headers) => {
    const parsed = new URL(url);
    const { host, port } = readHostAndPort(parsed);
    const refusal = hosts.refuse(host);
    if (refusal !== null) throw new HostRefused(refusal);
    const target = {
      host,
      port,
      path: parsed.pathname + parsed.search,
      headers: { Host: parsed.host, ...headers },
      ...userOf(parsed),
    };
    if (parsed.protocol === 'http:') return requestHttp({ ...target, agent: plain });
    secure ??= new HttpsAgent({ ...options, ...hosts.secure() });
    return requestHttps({ ...target, agent: secure });
  };
}

function userOf({ username, password }: URL): { readonly auth?: string } {
  return username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}
