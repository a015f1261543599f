import { mostOf } from '../extremes.ts';
import type { PlanLayout } from '../plan/room-layout.ts';
import type { Shard } from '../plan/run-plan.ts';
import type { ChatProtocol } from '../protocol/chat-protocol.ts';
import type { ClientGroups } from '../record/group-recorder.ts';
import { HopRecorder, type HopRecorders } from '../record/hops.ts';
import { LimiterAudit } from '../record/limiter-audit.ts';
import { PostRecorder } from '../record/post-recorder.ts';
import { type LoopObserver, Recorder } from '../record/recorder.ts';
import { breakDownByGateway, breakDownByRoomSize, breakDownByStall } from './break-down.ts';
import type { ClientSpread } from './clients/spread-clients.ts';
import { followThrottling } from './observe-health.ts';
import type { ShardEnvironment } from './shard-environment.ts';

export interface ShardRecorder {
  readonly recorder: Recorder;
  /**
   * The run starts at this time on the clock, µs. To be told before the first message: stamps and limiter windows count from
   * there.
   */
  tellStart(startAtUs: number): void;
}

/** @param isHttp messages go out as HTTP requests, whose answers are recorded besides */
export function createRecorder(
  shard: Shard,
  layout: PlanLayout,
  { endpointOf }: ClientSpread,
  isHttp: boolean,
  loop: LoopObserver,
  groups: ClientGroups | null,
  environment: ShardEnvironment,
): ShardRecorder {
  const { protocol, endpoints, clock } = environment;
  const hops = createHopRecorders(shard, protocol);
  const limiter = createLimiterAudit(environment);
  const recorder = new Recorder(
    {
      rooms: layout,
      senderReceives: protocol.senderReceives,
      expectsAck: protocol.acknowledges,
      retriesRefused: environment.reconnect !== null,
      groups,
      comeAndGo: shard.plan.groups.some(({ session }) => session !== null),
    },
    environment.deliveryTimeoutUs,
    (interval, ledgers) => environment.onInterval(interval, ledgers),
    [
      ...breakDownByGateway(endpointOf, endpoints.length),
      ...breakDownByRoomSize(shard.plan.roomClasses, layout),
      ...breakDownByStall(shard.plan),
    ],
    hops,
    {
      limiter,
      posts: isHttp ? new PostRecorder() : null,
      loop,
      drainThrottledUs: followThrottling(environment.cpuQuotas ?? []),
    },
  );
  return {
    recorder,
    tellStart(startAtUs) {
      if (limiter !== null) limiter.epochUs = Date.now() * 1000 - (clock.nowUs() - startAtUs);
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

/** What is not acknowledged cannot be told from what is refused in silence. */
function createLimiterAudit({ rateLimit, protocol }: ShardEnvironment): LimiterAudit | null {
  return rateLimit === null || !protocol.acknowledges ? null : new LimiterAudit(rateLimit);
}
