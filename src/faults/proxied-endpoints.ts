import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HostRules } from '../host-rules.ts';

export type ToProxy =
  | { readonly type: 'open'; readonly addresses: readonly { readonly host: string; readonly port: number }[] }
  | { readonly type: 'delay'; readonly index: number; readonly delayUs: number };

export interface FromProxy {
  readonly type: 'opened';
  /** In the order of the addresses. */
  readonly ports: readonly number[];
}

/** Endpoints that lead through proxies of ours. */
export interface ProxiedEndpoints {
  readonly endpoints: readonly string[];
  /** Of each direction of the connections to one endpoint, µs; 0 takes it away. */
  setDelay(endpoint: number, delayUs: number): void;
  close(): void;
}

/**
 * Puts a proxy before each ws:// endpoint.
 *
 * @param addresses of names in the endpoints; one that is not there is resolved at each connection
 * @throws where the process that holds them does not come up
 */
export async function proxyEndpoints(
  endpoints: readonly string[],
  addresses: HostRules['addresses'] = {},
): Promise<ProxiedEndpoints> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const child = fork(fileURLToPath(new URL(`./proxy-process${extension}`, import.meta.url)), { stdio: 'inherit' });
  const tell = (message: ToProxy) => child.connected && child.send(message);
  const urls = endpoints.map((endpoint) => new URL(endpoint));
  tell({ type: 'open', addresses: urls.map((url) => addressOf(url, addresses)) });
  const ports = await new Promise<readonly number[]>((resolve, reject) => {
    child.once('message', (message: FromProxy) => resolve(message.ports));
    child.once('exit', (code) => reject(new Error(`the proxies ended with code ${code}`)));
  });
  return {
    endpoints: urls.map((url, index) => {
      const proxied = new URL(url);
      proxied.host = `127.0.0.1:${ports[index]}`;
      return proxied.href;
    }),
    setDelay: (index, delayUs) => void tell({ type: 'delay', index, delayUs }),
    close: () => void (child.connected && child.disconnect()),
  };
}

function addressOf({ hostname, port }: URL, addresses: HostRules['addresses']) {
  // The brackets of an IPv6 address belong to the URL only.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { host: addresses[host]?.[0] ?? host, port: port === '' ? 80 : Number(port) };
}
