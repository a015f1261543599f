import type { GatewayPath } from '../ports/gateway-path.ts';

/** Frames that are kept of each room. */
const KEPT_FRAMES = 20;

/** Every room gets a state here when it is first joined, and keeps it, with its subscription, when its last member has gone. */
export function withLeakyRooms(path: GatewayPath): GatewayPath {
  const rooms = new Map<string, Buffer[]>();
  return {
    ...path,
    open: (deliver, onRestored) =>
      path.open((channel, exceptConnection, frame) => {
        deliver(channel, exceptConnection, frame);
        const recent = rooms.get(channel);
        if (recent === undefined) return;
        recent.push(Buffer.from(frame));
        if (recent.length > KEPT_FRAMES) recent.shift();
      }, onRestored),
    async join(channel) {
      if (channel[0] !== '@' && !rooms.has(channel)) rooms.set(channel, []);
      await path.join(channel);
    },
    async leave(channel) {
      if (channel[0] === '@') await path.leave(channel);
    },
    gauges: () => ({ ...path.gauges(), rooms: rooms.size }),
  };
}
