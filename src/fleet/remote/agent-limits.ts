import { mostOf } from '../../extremes.ts';
import { nameHost } from '../../generator/hosts/host-guard.ts';
import { listVariables } from '../../placeholders.ts';
import { assignGroups, assignSeats } from '../../plan/assign-groups.ts';
import { countSenders } from '../../plan/list-senders.ts';
import { layOutRooms } from '../../plan/room-layout.ts';
import type { Shard } from '../../plan/run-plan.ts';
import { layOutShard, listRooms } from '../../plan/shard-part.ts';
import type { ShardAssignment } from '../shard-messages.ts';
import type { Needs, RemoteAssignment } from './messages.ts';

/** What the one who started an agent lets it do; nothing that comes over the network widens it. */
export interface AgentLimits {
  /** Hosts that may be loaded, as `nameHost` spells them; no other may, private ones neither. */
  readonly hosts: readonly string[];
  /** Environment variables whose values may be put into messages to them. */
  readonly variables: readonly string[];
  /** SHA-256 in hex of each module that may be run → its absolute path. */
  readonly modules: ReadonlyMap<string, string>;
  /** What clients send a second at most; null: as much as the machine can. */
  readonly maxPerSecond: number | null;
  readonly maxConnections: number | null;
  /** From start to the end of drain, µs; null: no limit. */
  readonly maxDurationUs: number | null;
}

/** Why an agent with these limits cannot take part in such a run, one line each. */
export function listLacks(needs: Needs, limits: AgentLimits, environment: NodeJS.ProcessEnv): readonly string[] {
  const { maxPerSecond, maxConnections, maxDurationUs } = limits;
  const lacks: string[] = [];
  for (const host of needs.hosts) {
    if (!limits.hosts.includes(nameHost(host)))
      lacks.push(`may not load ${host}: start it with --allow-target ${host}`);
  }
  for (const name of needs.variables) {
    if (!limits.variables.includes(name))
      lacks.push(`may not use the variable ${name}: start it with --allow-env ${name}`);
    else if (environment[name] === undefined) lacks.push(`has no environment variable ${name}`);
  }
  for (const hash of needs.modules) {
    if (!limits.modules.has(hash)) {
      lacks.push(
        `has no protocol module of SHA-256 ${hash.slice(0, 12)}…: start it with --allow-module FILE, the same file as here`,
      );
    }
  }
  if (maxConnections !== null && needs.clients > maxConnections) {
    lacks.push(`may hold ${maxConnections} connections, and ${needs.clients} are wanted (--max-connections)`);
  }
  if (maxPerSecond !== null && (needs.perSecond === null || needs.perSecond > maxPerSecond)) {
    const wanted = needs.perSecond === null ? 'a closed loop has no rate' : `${Math.ceil(needs.perSecond)} are wanted`;
    lacks.push(`may send ${maxPerSecond} a second, and ${wanted} (--max-rate)`);
  }
  if (maxDurationUs !== null && needs.durationUs > maxDurationUs) {
    lacks.push(`may run for ${maxDurationUs / 1e6} s, and ${needs.durationUs / 1e6} s are wanted (--max-duration)`);
  }
  return lacks;
}

/** What these shards need of whoever runs all of them. */
export function needsOf(assignments: readonly RemoteAssignment[]): Needs {
  const shards = assignments.map(({ shard }) => shard);
  const isClosed = shards.some(({ plan }) => plan.load.loop === 'closed');
  return {
    variables: [...new Set(assignments.flatMap(({ protocol }) => listVariables(JSON.stringify(protocol))))],
    modules: [
      ...new Set(
        assignments.flatMap(({ protocol }) =>
          typeof protocol === 'object' && protocol.kind === 'module' ? [protocol.file] : [],
        ),
      ),
    ],
    hosts: [...new Set(assignments.flatMap(({ endpoints }) => endpoints.map((url) => new URL(url).hostname)))],
    clients: shards.reduce((sum, shard) => sum + countClients(shard), 0),
    perSecond: isClosed ? null : shards.reduce((sum, shard) => sum + peakOf(shard), 0),
    durationUs: mostOf(
      shards.map(({ plan: { phases } }) => phases.warmupUs + phases.measureUs + phases.drainTimeoutUs),
    ),
  };
}

function countClients(shard: Shard): number {
  const layout = layOutRooms(shard.plan);
  const part = layOutShard(shard, layout);
  if (!layout.isShared) return listRooms(shard, part).reduce((sum, room) => sum + part.sizeOf(room), 0);
  let own = 0;
  for (let client = 0; client < shard.plan.clients; client++) own += Number(part.owns(layout.seatsOf(client)[0]!));
  return own;
}

/**
 * The largest planned rate of the shard's part: messages in proportion to how often its rooms are chosen, and its clients in them, and what
 * goes on beside.
 */
function peakOf(shard: Shard): number {
  const { plan } = shard;
  const peak = mostOf(plan.load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond]));
  const beside = plan.traffic.reduce((sum, { perSecond }) => sum + perSecond, 0);
  if (plan.groups.length > 0) return sharesOfGroups(shard) * (peak + beside);
  const layout = layOutRooms(plan);
  const part = layOutShard(shard, layout);
  const { roomChoice, rooms, senderShare } = plan;
  const weightOf = (room: number) => (roomChoice.kind === 'zipf' ? (room + 1) ** -roomChoice.exponent : 1);
  /** Of the room's senders, which are its first members, those of this shard. */
  const shareOf = (room: number) => {
    const senders = countSenders(layout.sizeOf(room), senderShare);
    const before = part.firstSeatOf(room) - layout.firstSeatOf(room);
    return Math.max(0, Math.min(senders - before, part.sizeOf(room))) / senders;
  };
  let own = 0;
  let all = 0;
  for (let room = 0; room < rooms; room++) {
    all += weightOf(room);
    own += weightOf(room) * shareOf(room);
  }
  return all === 0 ? 0 : (own / all) * peak + (countClients(shard) / plan.clients) * beside;
}

/** Most of what a group does that is done by its clients in the shard's rooms, 0–1: whichever group that is. */
function sharesOfGroups(shard: Shard): number {
  const layout = layOutRooms(shard.plan);
  const part = layOutShard(shard, layout);
  const assignment = assignGroups(shard.plan);
  const seatsByGroup = assignment === null ? [] : assignSeats(assignment, layout).members;
  const shares = seatsByGroup.map(
    (seats) => seats.reduce((sum, seat) => sum + Number(part.owns(seat)), 0) / seats.length,
  );
  return mostOf(shares.filter((share) => Number.isFinite(share)));
}

/** What the agent's own process of a shard is told. Where names lead, the agent finds out itself. */
export function toOwnAssignment(remote: RemoteAssignment, limits: AgentLimits): ShardAssignment {
  const { tls, protocol, ...rest } = remote;
  const isModule = typeof protocol === 'object' && protocol.kind === 'module';
  return {
    ...rest,
    protocol: isModule ? { ...protocol, file: limits.modules.get(protocol.file) ?? '' } : protocol,
    hosts: {
      allowed: limits.hosts,
      addresses: {},
      isStrict: true,
      ...(tls === null ? {} : { tls: { ...tls, cert: null, key: null } }),
    },
    sourceAddress: null,
  };
}
