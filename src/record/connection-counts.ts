import type { ConnectionCounts } from './samples.ts';

/** Counts that whoever connects adds to. */
export type MutableConnectionCounts = {
  -readonly [K in keyof ConnectionCounts]: ConnectionCounts[K] extends number
    ? number
    : ConnectionCounts[K] extends readonly number[]
      ? number[]
      : Record<string, number>;
};

/** Before the first attempt. Endpoints that nobody reaches count in the spread, too. */
export function zeroConnections(endpoints: readonly string[] = []): MutableConnectionCounts {
  return {
    attempted: 0,
    opened: 0,
    failed: 0,
    dropped: 0,
    drops: {},
    reconnected: 0,
    reconnectsFailed: 0,
    logins: 0,
    loginsFailed: 0,
    left: 0,
    returned: 0,
    untoldFrames: 0,
    reached: 0,
    openingUs: 0,
    paceLagUs: 0,
    openedPer100Ms: [],
    failures: {},
    perEndpoint: Object.fromEntries(endpoints.map((url) => [url, 0])),
  };
}

/** What a reason begins with by which this side closed a connection, since the other one broke the protocol. */
export const CLOSED_HERE = 'protocol: ';

/** As many reasons are told apart: a server may put ids into what it says. */
const REASONS_KEPT = 100;
const OTHER_REASONS = 'other reasons';

/** Counts one more of a reason. */
export function countReason(reasons: Record<string, number>, reason: string): void {
  const isKept = reasons[reason] !== undefined || Object.keys(reasons).length < REASONS_KEPT;
  const key = isKept ? reason : OTHER_REASONS;
  reasons[key] = (reasons[key] ?? 0) + 1;
}

/** The connections of several shards, which opened them side by side. */
export function addConnections(a: ConnectionCounts, b: ConnectionCounts): ConnectionCounts {
  return {
    attempted: a.attempted + b.attempted,
    opened: a.opened + b.opened,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
    drops: addRecords(a.drops, b.drops),
    reconnected: a.reconnected + b.reconnected,
    reconnectsFailed: a.reconnectsFailed + b.reconnectsFailed,
    logins: a.logins + b.logins,
    loginsFailed: a.loginsFailed + b.loginsFailed,
    left: a.left + b.left,
    returned: a.returned + b.returned,
    untoldFrames: a.untoldFrames + b.untoldFrames,
    reached: a.reached + b.reached,
    openingUs: Math.max(a.openingUs, b.openingUs),
    paceLagUs: Math.max(a.paceLagUs, b.paceLagUs),
    openedPer100Ms: addColumns(a.openedPer100Ms, b.openedPer100Ms),
    failures: addRecords(a.failures, b.failures),
    perEndpoint: addRecords(a.perEndpoint, b.perEndpoint),
  };
}

/** Connections opened, by host and port: paths of one share its ports, and its server. */
export function countByHost(perEndpoint: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const hosts: Record<string, number> = {};
  for (const [url, opened] of Object.entries(perEndpoint)) {
    const host = URL.canParse(url) ? new URL(url).host : url;
    hosts[host] = (hosts[host] ?? 0) + opened;
  }
  return hosts;
}

function addColumns(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));
}

/** Counts by their names, which are ascending. */
export function addRecords(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort())
    sum[key] = (a[key] ?? 0) + (b[key] ?? 0);
  return sum;
}
