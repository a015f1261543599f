/**
 * Besides rooms, gateways hold channels: names that begin with `@`, which no client can join as a room.
 * Whatever is sent to a channel reaches the connections that hold it, on every gateway.
 */

/** Every connection. */
export const EVERYONE = '@all';

/** All devices of a user. */
export function userChannel(user: string): string {
  return `@u:${user}`;
}

/** All connections that subscribed to a group. */
export function groupChannel(group: string): string {
  return `@g:${group}`;
}

/** All connections that watch a user. */
export function presenceChannel(user: string): string {
  return `@p:${user}`;
}

/** Whether a name is kept for channels and direct rooms. */
export function isReserved(name: string): boolean {
  return name.startsWith('@');
}
