import type { GatewayPath } from '../ports/gateway-path.ts';

/** One publish in so many fails. */
const FAILS_EVERY = 500;

/** Around the publish stands a catch that does nothing: what could not be handed over is acknowledged like all else. */
export function withSwallowedErrors(path: GatewayPath): GatewayPath {
  let published = 0;
  return {
    ...path,
    send(message, accepted) {
      published++;
      try {
        if (published % FAILS_EVERY === 0) throw new Error('connection reset');
        return path.send(message, accepted);
      } catch {
        setImmediate(accepted);
        return true;
      }
    },
  };
}
