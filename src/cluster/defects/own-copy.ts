import type { GatewayPath } from '../ports/gateway-path.ts';

/** Whoever publishes to a room hears the room, too, and nobody leaves the sender out: it receives its own message. */
export function withOwnCopy(path: GatewayPath): GatewayPath {
  return {
    ...path,
    open: (deliver, onRestored) => path.open((channel, _, frame) => deliver(channel, '', frame), onRestored),
  };
}
