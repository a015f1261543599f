import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readHostAndPort } from '../host-rules.ts';

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
 * Puts a proxy before each endpoint of a cluster of ours: ws:// and an address of this machine. What is delayed is a gateway, and a
 * server at an address of the user's has none that could be named.
 *
 * @throws where the process that holds them does not come up
 */
export async function proxyEndpoints(endpoints: readonly string[]): Promise<ProxiedEndpoints> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const child = fork(fileURLToPath(new URL(`./proxy-process${extension}`, import.meta.url)), { stdio: 'inherit' });
  const tell = (message: ToProxy) => child.connected && child.send(message);
  const urls = endpoints.map((endpoint) => new URL(endpoint));
  tell({ type: 'open', addresses: urls.map(readHostAndPort) });
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
