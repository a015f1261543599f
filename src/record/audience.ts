import type { ClientGroups } from './group-recorder.ts';

/** How deliveries are expected: who is a member of which room, and who gets a message. */
export interface Audience {
  readonly rooms: RoomLayout;
  /** The server sends a message to its sender, too. */
  readonly senderReceives: boolean;
  readonly expectsAck: boolean;
  /** The same of those groups that speak another way, by the group of the sender; null: as all do. Goes with `groups`. */
  readonly byGroup?: readonly (Answers | null)[] | null;
  /** A refused message is sent again after the next reconnect, so that it stays open; default false. */
  readonly retriesRefused?: boolean;
  /** Books are kept for each of them, too; null: there are none. */
  readonly groups?: ClientGroups | null;
  /** Clients come and go, so that who is the last to get a message cannot be told; default false. */
  readonly comeAndGo?: boolean;
  /** Of some rooms, others have members, too: sequences are numbers in the plan, `firstMeasured` is the first of measure. */
  readonly split?: { readonly firstMeasured: number };
}

/** What a server does with a message of its sender. */
export type Answers = Pick<Audience, 'senderReceives' | 'expectsAck'>;

/**
 * Rooms are runs of consecutive clients; a client belongs to one room. Of a room that is split over shards, the members that are
 * clients of this one.
 */
export interface RoomLayout {
  /** Members of the largest room, in all shards. */
  readonly largestRoom: number;
  sizeOf(room: number): number;
  firstSeatOf(room: number): number;
  roomOf(client: number): number;
}
