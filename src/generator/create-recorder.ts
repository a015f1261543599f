import { mostOf } from '../extremes.ts';
import { groupSeats } from '../plan/assign-groups.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { ShardPart } from '../plan/shard-part.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import { traceOf } from '../protocol/template/traceparent.ts';
import type { ClientGroups } from '../record/group-recorder.ts';
import { HopRecorder, type HopRecorders } from '../record/hops.ts';
import { LimiterAudit } from '../record/limiter-audit.ts';
import { createMarker } from '../record/marker.ts';
import type { LoopObserver } from '../record/observers.ts';
import { PostRecorder } from '../record/post-recorder.ts';
import { Recorder } from '../record/recorder.ts';
import type { SlowestReport } from '../record/samples.ts';
import { SlowestMessages } from '../record/slowest-messages.ts';
import { SplitLog } from '../record/split-log.ts';
import { breakDownByGateway, breakDownByRegion, breakDownByRoomSize, breakDownByStall } from './break-down.ts';
import type { ClientSpread } from './clients/spread-clients.ts';
import { followThrottling } from './observe-health.ts';
import type { ShardEnvironment } from './shard-environment.ts';
import type { Wires } from './wires.ts';

export interface ShardRecorder {
  readonly recorder: Recorder;
  /** To be called when the books are closed; null: nothing more would be known of slow messages than that they were. */
  reportSlowest(): SlowestReport | null;
  /**
   * The run starts at this time on the clock, µs. To be told before the first message: stamps and limiter windows count from
   * there.
   */
  tellStart(startAtUs: number): void;
}

/**
 * @param isHttp messages go out as HTTP requests, whose answers are recorded besides
 * @param groups of clients
 */
export function createRecorder(
  shard: Shard,
  layout: PlanLayout,
  part: ShardPart,
  { endpointOf }: ClientSpread,
  isHttp: boolean,
  loop: LoopObserver,
  groups: ClientGroups | null,
  { byGroup }: Wires,
  environment: ShardEnvironment,
): ShardRecorder {
  const { protocol, endpoints, clock } = environment;
  // Who speaks another way has no stamps in what it sends, or others.
  const hops = byGroup === null ? createHopRecorders(shard, protocol) : null;
  const limiter = createLimiterAudit(environment, layout);
  // Where others connect that choose for themselves is not known here.
  const isPlaced = (seat: number) => environment.spread === 'round-robin' || part.owns(seat);
  const endpointOfSeat = (seat: number) => endpointOf(layout.clientOf(seat));
  const slowest = createSlowest(hops, environment);
  const recorder = new Recorder(
    {
      rooms: part.hasSplitRooms ? part : layout,
      senderReceives: protocol.senderReceives,
      expectsAck: protocol.acknowledges,
      byGroup,
      retriesRefused: environment.reconnect !== null,
      groups: groups && { names: groups.names, groupOf: groupSeats(groups.groupOf, layout) },
      comeAndGo:
        shard.plan.arriving !== undefined ||
        shard.plan.groups.some(({ session }) => session !== null) ||
        shard.plan.load.journey !== undefined,
      ...(part.hasSplitRooms ? { split: { firstMeasured: shard.plan.planned.warmup } } : {}),
    },
    environment.deliveryTimeoutUs,
    (interval, ledgers) => environment.onInterval(interval, ledgers),
    [
      ...breakDownByGateway(endpointOfSeat, endpoints.length, part.hasSplitRooms ? isPlaced : null),
      ...breakDownByRoomSize(shard.plan.roomClasses, layout),
      ...breakDownByStall(shard.plan, layout),
      ...breakDownByRegion(environment.regions ?? [], shard.index, part),
    ],
    hops,
    {
      limiter,
      posts: isHttp ? new PostRecorder() : null,
      slowest,
      loop,
      split: createSplitLog(layout, part, environment),
      drainThrottledUs: followThrottling(environment.cpuQuotas ?? []),
    },
  );
  environment.onUnsent?.((unsent) => recorder.withdrawUnsent(unsent));
  return {
    recorder,
    reportSlowest() {
      const marker = createMarker(shard.plan.runId, shard.index);
      return slowest?.report(shard.index, protocol.isTraced === true, (sequence) => traceOf(marker, sequence)) ?? null;
    },
    tellStart(startAtUs) {
      const epochUs = Date.now() * 1000 - (clock.nowUs() - startAtUs);
      if (limiter !== null) limiter.epochUs = epochUs;
      if (slowest !== null) slowest.epochUs = epochUs;
      for (const way of hops === null ? [] : [hops.delivery, hops.ack]) way.originUs = startAtUs;
    },
  };
}

/** At most about so many messages a second of a shard have their hops recorded: half a percent of a core. */
const HOPS_PER_SECOND = 10_000;

function createHopRecorders({ plan, count }: Shard, { hops = null }: ChatProtocol): HopRecorders | null {
  if (hops === null) return null;
  const messages = mostOf(plan.load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond])) / count;
  const rooms = plan.roomClasses.reduce((sum, room) => sum + room.count, 0);
  const recipients = plan.roomClasses.reduce((sum, room) => sum + room.count * room.size, 0) / rooms;
  const every = Math.max(1, Math.ceil((messages * recipients) / HOPS_PER_SECOND));
  return { delivery: new HopRecorder(hops, 'delivery', every), ack: new HopRecorder(hops, 'ack', every) };
}

/** Null where all rooms are whole. */
function createSplitLog(layout: PlanLayout, part: ShardPart, { protocol, onSplit }: ShardEnvironment): SplitLog | null {
  if (!part.hasSplitRooms) return null;
  const recipientsOf = (room: number) => layout.sizeOf(room) - (protocol.senderReceives ? 0 : 1);
  return new SplitLog({ isSplit: part.isSplit, recipientsOf, shardOf: part.shardOf }, (second) => onSplit?.(second));
}

/** Kept where traces, or the stamps in frames, tell more of a message than that it was slow. */
function createSlowest(hops: HopRecorders | null, { protocol, traces = 0 }: ShardEnvironment): SlowestMessages | null {
  if (traces === 0 || (hops === null && protocol.isTraced !== true)) return null;
  return new SlowestMessages(traces, hops?.delivery ?? null);
}

/** What is not acknowledged cannot be told from what is refused in silence. A user's quota is one for all of its rooms. */
function createLimiterAudit({ rateLimit, protocol }: ShardEnvironment, { clientOf }: PlanLayout): LimiterAudit | null {
  return rateLimit === null || !protocol.acknowledges ? null : new LimiterAudit(rateLimit, clientOf);
}
