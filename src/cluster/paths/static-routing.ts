import { channelsOfRoom } from '../ports/channels.ts';
import type { RoomRouting } from '../ports/room-routing.ts';

/** Routing that needs nobody's entries: where a channel's frames go depends on its name alone. */
export function createStaticRouting(destinationsOf: (channel: string) => readonly string[]): RoomRouting {
  return {
    enter: async () => ({ join: nothing, leave: nothing, exit: nothing }),
    gatewaysOf: async (channels) => channels.map(destinationsOf),
    close: nothing,
  };
}

const EVERY_GATEWAY: readonly string[] = ['*'];

/** Every frame goes to all gateways: topology `fanout`. */
export function createBroadcastRouting(): RoomRouting {
  return createStaticRouting(() => EVERY_GATEWAY);
}

/** Every frame goes to the topic of its channel, and the broker knows who listens: topology `stomp`. */
export function createTopicRouting(): RoomRouting {
  return createStaticRouting(channelsOfRoom);
}

async function nothing(): Promise<void> {}
