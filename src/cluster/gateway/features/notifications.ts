import { EVERYONE, groupChannel, userChannel } from '../../ports/channels.ts';
import type { Audience, NotifyFrame, SubscribeFrame } from '../../wire/client-feature-frame.ts';
import {
  encodeNotification,
  encodePushed,
  encodeSubscribed,
  type NotificationFrame,
} from '../../wire/server-feature-frame.ts';
import { type Connection, ROOMS_PER_CONNECTION } from '../connection.ts';
import type { Admission } from './admission.ts';
import type { FeatureContext } from './feature-context.ts';

/**
 * Short texts to all devices of a user, to a group, or to everyone: not stored, and lost to who is not connected.
 * A client may notify any user and the groups that it has subscribed to; everyone only over HTTP.
 */
export class Notifications {
  readonly #context: FeatureContext;
  readonly #admission: Admission;

  constructor(context: FeatureContext, admission: Admission) {
    this.#context = context;
    this.#admission = admission;
  }

  /** Hands it over to all gateways that hold recipients. */
  push(notification: Omit<NotificationFrame, 't'>): void {
    this.#context.path.notify(channelOf(notification.to), encodeNotification(notification), '');
  }

  notify(connection: Connection, { id, to, body }: NotifyFrame): void {
    const { refusals, writer } = this.#context;
    const isForbidden = 'everyone' in to || ('group' in to && !connection.rooms.has(groupChannel(to.group)));
    if (isForbidden) {
      refusals.refuse(
        connection,
        id,
        'forbidden',
        'expected a user, or a group that this connection has subscribed to',
      );
      return;
    }
    this.#admission.admit(connection, id, () => {
      this.push({ id, from: connection.user, to, at: Date.now(), body });
      writer.write(connection, encodePushed(id));
    });
  }

  async subscribe(connection: Connection, { group }: SubscribeFrame): Promise<void> {
    const { members, writer, refusals } = this.#context;
    const channel = groupChannel(group);
    if (connection.rooms.size >= ROOMS_PER_CONNECTION && !connection.rooms.has(channel)) {
      refusals.refuse(connection, null, 'too-many', `at most ${ROOMS_PER_CONNECTION} rooms for one connection`);
      return;
    }
    try {
      await members.join(channel, connection);
      writer.write(connection, encodeSubscribed(group));
    } catch {
      refusals.refuse(connection, null, 'unavailable', `cannot subscribe to "${group}" now`);
    }
  }

  async unsubscribe(connection: Connection, { group }: SubscribeFrame): Promise<void> {
    await this.#context.members.leave(groupChannel(group), connection).catch(() => {});
  }
}

function channelOf(to: Audience): string {
  if ('user' in to) return userChannel(to.user);
  return 'group' in to ? groupChannel(to.group) : EVERYONE;
}
