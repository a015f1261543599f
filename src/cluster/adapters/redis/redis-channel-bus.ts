import type { Redis } from 'ioredis';
import { Backlog } from '../../ports/backlog.ts';
import type { ChannelBus, ChannelListener } from '../../ports/channel-bus.ts';
import { channelsOfRoom } from '../../ports/channels.ts';
import type { RedisChannelNames } from './redis-channel-names.ts';
import { KEPT_S, numberKeysOf, PUBLISH, RECALL } from './redis-channel-scripts.ts';
import { endRedis, onResubscribed } from './redis-link.ts';
import { createScript } from './redis-script.ts';

/** The life of a room's numbers is prolonged no oftener, ms: two commands less of every message of a room that is busy. */
const PROLONGED_EVERY_MS = (KEPT_S * 1_000) / 60;

/**
 * Channels of Redis, numbered and published to by scripts.
 *
 * @param redis      for commands; stays open
 * @param subscriber a connection of its own, ended by `close`; it subscribes again by itself after an interruption
 */
export function createRedisChannelBus(redis: Redis, subscriber: Redis, names: RedisChannelNames): ChannelBus {
  const publish = createScript(redis, PUBLISH);
  const recall = createScript(redis, RECALL);
  const isDue = createProlonging();
  /** Published and not answered. */
  const notifying = new Backlog();
  return {
    async open(listener, onRestored) {
      subscriber.on('messageBuffer', (name: Buffer, payload: Buffer) => hear(names, name, payload, listener));
      subscriber.on('pmessageBuffer', (_: unknown, name: Buffer, payload: Buffer) =>
        hear(names, name, payload, listener),
      );
      if (names.pattern !== null) await subscriber.psubscribe(names.pattern);
      onResubscribed(subscriber, onRestored);
    },
    async subscribe(channel) {
      if (names.pattern === null) await subscriber.subscribe(names.nameOf(channel));
    },
    async unsubscribe(channel) {
      if (names.pattern === null) await subscriber.unsubscribe(names.nameOf(channel));
    },
    async publish(batch) {
      const keys: string[] = [];
      const args: (string | number)[] = [];
      for (const { id, room, exceptConnection, head, tail } of batch) {
        keys.push(...numberKeysOf(room));
        const channels = channelsOfRoom(room).map(names.nameOf).join(' ');
        args.push(channels, id, exceptConnection, head, tail, isDue(room) ? 1 : 0);
      }
      return (await publish(keys, args)) as number[];
    },
    async recall(tails) {
      await recall(
        tails.flatMap(({ room }) => numberKeysOf(room)),
        tails.flatMap(({ lastSeq, forgotten, known }) => [
          ...[lastSeq, forgotten.length, ...forgotten],
          ...[known.length, ...known.flatMap(({ id, seq }) => [id, seq])],
        ]),
      );
    },
    notify(channel, frame, exceptConnection) {
      // While the link is broken, commands would wait for it: an old frame is worth nothing.
      if (redis.status !== 'ready' || !notifying.hasRoom) return false;
      const payload = `0\t${exceptConnection}\t${frame}`;
      const bytes = Buffer.byteLength(payload);
      const settle = () => notifying.remove(bytes);
      notifying.add(bytes);
      redis.publish(names.nameOf(channel), payload).then(settle, settle);
      return true;
    },
    close: () => endRedis(subscriber),
  };
}

/** Whether a room was not asked for since this last forgot them all. */
function createProlonging(): (room: string) => boolean {
  let done = new Set<string>();
  let forgetAt = 0;
  return (room) => {
    const now = performance.now();
    if (now >= forgetAt) {
      forgetAt = now + PROLONGED_EVERY_MS;
      done = new Set();
    }
    if (done.has(room)) return false;
    done.add(room);
    return true;
  };
}

function hear(names: RedisChannelNames, name: Buffer, payload: Buffer, listener: ChannelListener): void {
  const afterSeq = payload.indexOf(TAB);
  const afterConnection = payload.indexOf(TAB, afterSeq + 1);
  if (afterSeq < 0 || afterConnection < 0) return;
  listener(
    names.channelOf(name.toString('latin1')),
    payload.toString('latin1', afterSeq + 1, afterConnection),
    Number(payload.toString('latin1', 0, afterSeq)),
    payload.subarray(afterConnection + 1),
  );
}

const TAB = 9;
