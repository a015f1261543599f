import { buildConnector } from 'undici';
import { type HostGuard, HostRefused } from './host-guard.ts';

/** How HTTP connections are opened where load may go, and only there. */
export function createGuardedConnect(hosts: HostGuard, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: hosts.lookup });
  return (options, callback) => {
    const refusal = hosts.refuse(options.hostname);
    if (refusal === null) connect(options, callback);
    else callback(new HostRefused(refusal), null);
  };
}
