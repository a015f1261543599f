/** How channels are called in Redis, and how a gateway comes to hear them. */
export interface RedisChannelNames {
  /** Subscribed to once, for all channels; null: each channel is subscribed to by its own name. */
  readonly pattern: string | null;
  nameOf(channel: string): string;
  channelOf(name: string): string;
}

const ROOM_PREFIX = 'chat:room:';

/** One name per channel. */
export const NAME_PER_CHANNEL: RedisChannelNames = {
  pattern: null,
  nameOf: (channel) => ROOM_PREFIX + channel,
  channelOf: (name) => name.slice(ROOM_PREFIX.length),
};

const USER = 'notification:user:';
const GROUP = 'notification:group:';
const BROADCAST = 'notification:broadcast';

/** `notification:user:U`, `notification:group:G` (a room is a group) and `notification:broadcast`, all heard by everybody. */
export const NOTIFICATION_PATTERN: RedisChannelNames = {
  pattern: 'notification:*',
  nameOf(channel) {
    if (channel === '@all') return BROADCAST;
    return channel.startsWith('@u:') ? USER + channel.slice('@u:'.length) : GROUP + channel;
  },
  channelOf(name) {
    if (name === BROADCAST) return '@all';
    return name.startsWith(USER) ? `@u:${name.slice(USER.length)}` : name.slice(GROUP.length);
  },
};
