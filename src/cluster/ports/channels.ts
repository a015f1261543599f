import { usersOfDirectRoom } from '../wire/direct-room.ts';

/** The channel of every connection of every gateway that asked for it. */
export const EVERYONE = '@all';

/** All connections of a user, on whatever gateways. */
export function userChannel(user: string): string {
  return `@u:${user}`;
}

export function groupChannel(group: string): string {
  return `@g:${group}`;
}

/** Those who want to know whether the user is there. */
export function presenceChannel(user: string): string {
  return `@p:${user}`;
}

/** The members of a room that hear of each other's coming and going. */
export function noticeChannel(room: string): string {
  return `@n:${room}`;
}

/** The channels whose connections a message to the room is for: the room itself; of a direct one, its users'. */
export function channelsOfRoom(room: string): readonly string[] {
  return room[0] === '@' ? (usersOfDirectRoom(room)?.map(userChannel) ?? [room]) : [room];
}
