import type { GatewayPath } from '../ports/gateway-path.ts';

/**
 * The gateway keeps one map of its sockets and hands whatever arrives to all of them, without asking who is in the room. Frames
 * of direct rooms and other channels go the right way.
 */
export function withoutRoomCheck(path: GatewayPath): GatewayPath {
  const rooms = new Set<string>();
  return {
    ...path,
    open: (deliver, onRestored) =>
      path.open((channel, exceptConnection, frame) => {
        deliver(channel, exceptConnection, frame);
        if (channel[0] === '@') return;
        for (const room of rooms) if (room !== channel) deliver(room, exceptConnection, frame);
      }, onRestored),
    join(channel) {
      if (channel[0] !== '@') rooms.add(channel);
      return path.join(channel);
    },
    leave(channel) {
      rooms.delete(channel);
      return path.leave(channel);
    },
  };
}
