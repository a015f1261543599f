import { buildConnector } from 'undici';
import { type HostGuard, HostRefused } from './host-guard.ts';

/** How HTTP connections are opened where load may go, and only there. */
export function createGuardedConnect(hosts: HostGuard, timeoutMs: number): buildConnector.connector {
  const limits = { timeout: timeoutMs, lookup: hosts.lookup };
  const plain = buildConnector(limits);
  let secure: buildConnector.connector | null = null;
  return (options, callback) => {
    const refusal = hosts.refuse(options.hostname);
    const isSecure = options.protocol === 'https:';
    if (isSecure) secure ??= buildConnector({ ...limits, ...hosts.secure() });
    if (refusal === null) (isSecure ? secure! : plain)(options, callback);
    else callback(new HostRefused(refusal), null);
  };
}
