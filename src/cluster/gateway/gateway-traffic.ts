import { monotonicUs } from '../../clock.ts';
import type { GatewayPath } from '../ports/gateway-path.ts';
import type { DirectFrame } from '../wire/client-feature-frame.ts';
import { parseClientFrame, type RoomMessage, readPlainSend } from '../wire/client-frame.ts';
import { directRoomOf } from '../wire/direct-room.ts';
import {
  CHANNEL_DELIVERY_STATIONS,
  DELIVERY_STATIONS,
  encodeStamp,
  findStamps,
  patchStamp,
  STAMP_DIGITS,
  STAMPS_END,
} from '../wire/hop-stamps.ts';
import { encodeAck, type WireErrorCode } from '../wire/server-frame.ts';
import type { BurstWriter } from './burst-writer.ts';
import type { Connection } from './connection.ts';
import type { FairShare } from './fair-share.ts';
import type { FeatureDesk } from './features/feature-desk.ts';
import { Membership } from './features/membership.ts';
import { RecentDirects } from './features/recent-directs.ts';
import { holdReading, readNoFurtherUntil, releaseReading } from './read-no-further.ts';
import type { Refusals } from './refusals.ts';
import type { RoomMembers } from './room-members.ts';

/**
 * Most messages of one connection that are taken and not accepted yet; with more it is read no further. While a broker is away one
 * client alone could fill the outbox otherwise, and the others were refused.
 */
const UNDER_WAY_PER_CONNECTION = 2_000;

/** What passes through a gateway: client frames towards the path, deliveries towards the clients. */
export class GatewayTraffic {
  readonly #path: GatewayPath;
  readonly #members: RoomMembers;
  readonly #writer: BurstWriter;
  readonly #share: FairShare;
  readonly #hops: boolean;
  readonly #refusals: Refusals;
  /** Null: joining and sending only. */
  readonly #features: FeatureDesk | null;
  readonly #membership: Membership;
  readonly #recentDirects = new RecentDirects();
  #sent = 0;
  #acked = 0;
  #delivered = 0;
  #stopping = false;

  constructor(parts: {
    path: GatewayPath;
    members: RoomMembers;
    writer: BurstWriter;
    refusals: Refusals;
    features: FeatureDesk | null;
    share: FairShare;
    /** Take stamps. */
    hops: boolean;
  }) {
    this.#path = parts.path;
    this.#members = parts.members;
    this.#writer = parts.writer;
    this.#share = parts.share;
    this.#hops = parts.hops;
    this.#refusals = parts.refusals;
    this.#features = parts.features;
    this.#membership = parts.features?.membership ?? new Membership(parts, null);
  }

  /** Counts since start: messages taken, messages acknowledged, frames written to recipients. */
  get counters(): Readonly<Record<'sent' | 'acked' | 'delivered', number>> {
    return { sent: this.#sent, acked: this.#acked, delivered: this.#delivered };
  }

  /** From now on every message is refused; what was taken is still acknowledged and delivered. */
  stopTaking(): void {
    this.#stopping = true;
  }

  /** Answers whatever a client sends; never throws. */
  receive(connection: Connection, text: string): void {
    const plain = readPlainSend(text);
    if (!this.#share.take(connection, text.length)) {
      this.refuse(connection, plain?.id ?? null, 'overloaded', 'more than the share of one connection');
      return;
    }
    if (plain !== null) {
      this.#admit(connection, plain);
      return;
    }
    const frame = parseClientFrame(text);
    if (frame.t === 'send') this.#admit(connection, { ...frame, bodyJson: JSON.stringify(frame.body) });
    else if (frame.t === 'join') readNoFurtherUntil(this.#membership.join(connection, frame), connection);
    else if (frame.t === 'unreadable') this.refuse(connection, frame.id, 'bad-frame', frame.reason);
    else if (this.#features === null) this.refuse(connection, null, 'unavailable', 'this gateway has no such feature');
    else if (frame.t === 'direct') this.#sendDirect(connection, frame);
    else this.#features.handle(connection, frame);
  }

  refuse(connection: Connection, id: string | null, code: WireErrorCode, text: string): void {
    this.#refusals.refuse(connection, id, code, text);
  }

  /** Forwards a frame to the members of its channel here, all but one connection. */
  deliver(channel: string, exceptConnection: string, frame: Buffer): void {
    if (this.#hops) stampWritten(frame);
    if (channel[0] === '@' && this.#features?.seats.hear(channel, frame) === true) return;
    if (channel[0] === '@' && this.#recentDirects.isRepetition(channel, frame)) return;
    for (const member of this.#members.of(channel)) {
      const isOwn = member.key === exceptConnection;
      const followed = member.features === null ? null : this.#features?.follow(member, frame, isOwn);
      if (followed ?? (!isOwn && this.#writer.write(member, frame))) this.#delivered++;
    }
  }

  #admit(connection: Connection, message: RoomMessage): void {
    if (this.#features?.admission.isLimited !== true) this.#send(connection, message);
    else this.#features.admission.admit(connection, message.id, () => this.#send(connection, message));
  }

  #sendDirect(connection: Connection, { id, to, body, traceparent }: DirectFrame): void {
    const room = directRoomOf(connection.user, to);
    if (room !== null) this.#admit(connection, { id, room, bodyJson: JSON.stringify(body), traceparent });
    else this.refuse(connection, id, 'bad-frame', 'both names together are too long for a direct room');
  }

  #send(connection: Connection, { id, room, bodyJson, traceparent }: RoomMessage): void {
    // Of rooms that begin with `@` only a direct one gets here, and it needs no join.
    if (!connection.rooms.has(room) && room[0] !== '@') {
      this.refuse(connection, id, 'not-a-member', `expected a join of "${room}" first`);
      return;
    }
    if (this.#stopping) {
      this.refuse(connection, id, 'unavailable', 'gateway is shutting down');
      return;
    }
    const { user: from, key } = connection;
    const at = String(Date.now());
    const takenAt = this.#hops ? encodeStamp(monotonicUs()) : '';
    const message = this.#hops
      ? { id, room, from, connection: key, at, bodyJson, hops: takenAt, traceparent }
      : { id, room, from, connection: key, at, bodyJson, traceparent };
    const taken = this.#path.send(message, (hops = '') => {
      this.#acked++;
      if (connection.underWay-- === UNDER_WAY_PER_CONNECTION) releaseReading(connection);
      this.#writer.write(connection, encodeAck(id, hops === '' ? '' : takenAt + hops));
    });
    if (taken) {
      this.#sent++;
      if (++connection.underWay === UNDER_WAY_PER_CONNECTION) holdReading(connection);
    } else this.refuse(connection, id, 'overloaded', 'too many messages wait here');
  }
}

/** Patches in the last stamp of a frame that has stamps: it stands at the end, however many there are. */
function stampWritten(frame: Buffer): void {
  if (findStamps(frame, DELIVERY_STATIONS.length) < 0 && findStamps(frame, CHANNEL_DELIVERY_STATIONS.length) < 0)
    return;
  patchStamp(frame, frame.length - STAMP_DIGITS - STAMPS_END, monotonicUs());
}
