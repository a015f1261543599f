import { request } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HostRefused } from './host-guard.ts';
import { nameAuthority, type ProxyRoute } from './proxy-route.ts';

/** A proxy is not there, or does not let a connection through. */
export class ProxyFailed extends HostRefused {}

/**
 * A connection through a proxy (CONNECT: RFC 9110, section 9.3.6), to be used as one to the host itself: nothing is encrypted on it yet
 * but what is said to the proxy.
 *
 * @param localAddress where it comes from; absent: the system chooses
 * @returns rejects with `ProxyFailed`, in one line
 */
export function openTunnel(
  route: ProxyRoute,
  host: string,
  port: number,
  timeoutMs: number,
  localAddress?: string,
): Promise<Socket> {
  const name = `proxy ${nameAuthority(route.host, route.port)}`;
  const authority = nameAuthority(host, port);
  const headers = {
    Host: authority,
    ...(route.authorization === null ? {} : { 'Proxy-Authorization': route.authorization }),
  };
  return new Promise((resolve, reject) => {
    const createConnection = () => connectTo(route, localAddress);
    const asked = request({ method: 'CONNECT', path: authority, host: route.host, headers, createConnection });
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new ProxyFailed(`${name} ${reason}`));
      asked.destroy();
    };
    const timer = setTimeout(() => fail('gave no answer'), Math.max(1, timeoutMs));
    asked.on('connect', ({ statusCode = 0, statusMessage = '' }, socket, head) => {
      clearTimeout(timer);
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        fail(`answered ${statusCode} ${statusMessage}`.trimEnd());
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    // Of one that does not know the method, and answers as to any other.
    asked.on('response', ({ statusCode }) => fail(`answered ${statusCode}`));
    asked.on('error', (error: NodeJS.ErrnoException) => fail(`cannot be used: ${error.code ?? error.message}`));
    asked.end();
  });
}

function connectTo({ host, port, isSecure, lookup }: ProxyRoute, localAddress: string | undefined): Socket {
  const target = { host, port, lookup, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) };
  return isSecure ? connectTls({ ...target, ...serverNameOf(host) }) : connectTcp(target);
}

/** What TLS is told of a host: names only. */
export function serverNameOf(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}
