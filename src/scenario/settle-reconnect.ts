import { DEFAULTS } from './defaults.ts';
import type { Fault } from './fault.ts';
import * as rules from './rules.ts';
import type { Group, Reconnect } from './scenario.ts';
import { atKey, type Report, read, type Sources } from './setting.ts';

/** Clients come back where the scenario says so, and, unless it says otherwise, where it has faults, groups that come and go, or a journey. */
export function settleReconnect(
  sources: Sources,
  faults: readonly Fault[],
  groups: readonly Group[],
  report: Report,
): Reconnect | null {
  const keys = sources.values.reconnect;
  const hasSessions = groups.some(({ session }) => session !== undefined);
  if (keys === null && hasSessions) {
    report(atKey(sources, 'reconnect', 'expected on, so that clients whose session is over come back'));
  }
  if (keys === null && faults.some(({ on, action }) => on === 'clients' && action === 'disconnect')) {
    report(atKey(sources, 'reconnect', 'expected on, so that clients that a fault disconnects come back'));
  }
  const mayLeave = hasSessions || sources.values.journey !== undefined;
  if (keys === null || (keys === undefined && faults.length === 0 && !mayLeave)) return null;
  const { backoff, base, max } = DEFAULTS.reconnect;
  const reconnect = {
    backoff: keys?.backoff ?? backoff,
    baseUs: keys?.base ?? read(rules.positiveDuration(base)),
    maxUs: keys?.max ?? read(rules.positiveDuration(max)),
  };
  if (reconnect.baseUs > reconnect.maxUs) {
    report(atKey(sources, 'reconnect', 'expected a base that is no longer than max'));
  }
  return reconnect;
}
