import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { HostGuard } from '../hosts/host-guard.ts';
import { openTunnel, serverNameOf } from '../hosts/open-tunnel.ts';

/** What Node asks for a connection, and is told later. */
type CreateConnection = (
  target: { readonly host?: string | null | undefined; readonly port?: number | string | null | undefined },
  callback: (error: Error | null, socket: Duplex) => void,
) => undefined;

/** As long as a stream may take to be opened; whoever waits gives up before. */
const TIMEOUT_MS = 60_000;

/** Opens connections through the proxies that their hosts are reached by. */
export function connectByTunnel(hosts: HostGuard, sourceAddress: string | null, isSecure: boolean): CreateConnection {
  return (target, callback) => {
    const host = target.host ?? '';
    const port = Number(target.port);
    const route = hosts.route(host, port, isSecure)!;
    openTunnel(route, host, port, TIMEOUT_MS, sourceAddress ?? undefined).then(
      (socket) => callback(null, isSecure ? connectTls({ socket, ...hosts.secure(), ...serverNameOf(host) }) : socket),
      // Node looks at no second one beside an error.
      (error: Error) => callback(error, undefined as never),
    );
    return undefined;
  };
}

/** Keeps such connections for one request after the other. */
export function createTunnelledAgent(hosts: HostGuard, sourceAddress: string | null, isSecure: boolean): HttpAgent {
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  return Object.assign(agent, { createConnection: connectByTunnel(hosts, sourceAddress, isSecure) });
}
