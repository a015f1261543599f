import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { GatewayBus } from '../../ports/buses.ts';
import type { Parcel } from '../../ports/parcel.ts';
import { endRedis, onResubscribed } from './redis-link.ts';

/** So long after its connection was made anew does a publisher wait for gateways that do not listen, ms. */
const HEARD_WITHIN_MS = 1_000;
const AGAIN_AFTER_MS = 10;

/**
 * One Redis channel per gateway. What nobody listens to is published again while the publisher's connection is fresh: that of the
 * gateway has broken with it, and its subscription may come a moment later.
 *
 * @param publisher  for commands; stays open
 * @param subscriber a connection of its own, ended by `close`; null for a worker, which only publishes
 */
export function createRedisBus(publisher: Redis, subscriber: Redis | null): GatewayBus {
  let freshUntil = Number.NEGATIVE_INFINITY;
  const onReady = () => {
    freshUntil = performance.now() + HEARD_WITHIN_MS;
  };
  publisher.on('ready', onReady);

  async function publish(parcels: readonly Parcel[]): Promise<number> {
    let unheard = await publishOnce(publisher, parcels);
    while (unheard.length > 0 && performance.now() < freshUntil) {
      await wait(AGAIN_AFTER_MS);
      unheard = await publishOnce(publisher, unheard);
    }
    return unheard.length;
  }

  return {
    publish,
    async subscribe(gateway, onPayload, onRestored) {
      if (subscriber === null) throw new Error('expected a connection for subscriptions');
      const channel = channelOf(gateway);
      subscriber.on('messageBuffer', (from: Buffer, payload: Buffer) => {
        if (from.toString() === channel) onPayload(payload);
      });
      await subscriber.subscribe(channel);
      if (onRestored !== undefined) onResubscribed(subscriber, onRestored);
    },
    async close() {
      publisher.off('ready', onReady);
      if (subscriber !== null) await endRedis(subscriber);
    },
  };
}

/** Yields what no gateway listened to. */
async function publishOnce(redis: Redis, parcels: readonly Parcel[]): Promise<readonly Parcel[]> {
  if (parcels.length === 0) return parcels;
  const [only] = parcels;
  if (parcels.length === 1) return (await redis.publish(channelOf(only!.gateway), only!.payload)) === 0 ? parcels : [];
  const pipeline = redis.pipeline();
  for (const { gateway, payload } of parcels) pipeline.publish(channelOf(gateway), payload);
  const replies = (await pipeline.exec()) ?? [];
  return parcels.filter((_, i) => {
    const [error, listeners] = replies[i]!;
    if (error) throw error;
    return Number(listeners) === 0;
  });
}

function channelOf(gateway: string): string {
  return `chat:to:${gateway}`;
}
