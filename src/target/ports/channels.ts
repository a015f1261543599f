/** The channel of every connection of every gateway that asked for it. */
export const EVERYONE = '@all';

/** All connections of a user, on whatever gateways. */
export function userChannel(user: string): string {
  return `@u:${user}`;
}

export function groupChannel(group: string): string {
  return `@g:${group}`;
}
