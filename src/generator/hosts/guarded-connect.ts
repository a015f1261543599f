import { buildConnector } from 'undici';
import { readHostAndPort } from '../../host-rules.ts';
import { type HostGuard, HostRefused } from './host-guard.ts';
import { openTunnel } from './open-tunnel.ts';

/**
 * How HTTP connections are opened where load may go, and only there; through the proxy where there is one.
 *
 * @param sourceAddress where they come from; null: the system chooses
 */
export function createGuardedConnect(
  hosts: HostGuard,
  timeoutMs: number,
  sourceAddress: string | null = null,
): buildConnector.connector {
  const limits = { timeout: timeoutMs, lookup: hosts.lookup };
  const plain = buildConnector(limits);
  let secure: buildConnector.connector | null = null;
  return (options, callback) => {
    const { host, port } = readHostAndPort(options);
    const isSecure = options.protocol === 'https:';
    const route = hosts.route(host, port, isSecure);
    const refusal = hosts.refuse(host, route !== null);
    if (isSecure) secure ??= buildConnector({ ...limits, ...hosts.secure() });
    if (refusal !== null) callback(new HostRefused(refusal), null);
    else if (route === null) (isSecure ? secure! : plain)({ ...options, localAddress: sourceAddress }, callback);
    else {
      openTunnel(route, host, port, timeoutMs).then(
        (socket) => (isSecure ? secure!({ ...options, httpSocket: socket }, callback) : callback(null, socket)),
        (error: Error) => callback(error, null),
      );
    }
  };
}
