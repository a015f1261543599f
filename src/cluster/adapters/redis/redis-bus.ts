import type { Redis } from 'ioredis';
import type { GatewayBus } from '../../ports/buses.ts';
import type { Parcel } from '../../ports/parcel.ts';
import { endRedis, onResubscribed } from './redis-link.ts';

/**
 * One Redis channel per gateway.
 *
 * @param publisher  for commands; stays open
 * @param subscriber a connection of its own, ended by `close`; null for a worker, which only publishes
 */
export function createRedisBus(publisher: Redis, subscriber: Redis | null): GatewayBus {
  return {
    async publish(parcels) {
      if (parcels.length === 0) return 0;
      if (parcels.length === 1) return countUnheard([await publishOne(publisher, parcels[0]!)]);
      const pipeline = publisher.pipeline();
      for (const { gateway, payload } of parcels) pipeline.publish(channelOf(gateway), payload);
      const replies = (await pipeline.exec()) ?? [];
      return countUnheard(
        replies.map(([error, listeners]) => {
          if (error) throw error;
          return Number(listeners);
        }),
      );
    },
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
      if (subscriber !== null) await endRedis(subscriber);
    },
  };
}

function publishOne(redis: Redis, { gateway, payload }: Parcel): Promise<number> {
  return redis.publish(channelOf(gateway), payload);
}

function countUnheard(listeners: readonly number[]): number {
  return listeners.filter((count) => count === 0).length;
}

function channelOf(gateway: string): string {
  return `chat:to:${gateway}`;
}
