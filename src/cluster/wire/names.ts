/** Largest frame in either direction, bytes. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** A name inside of a regular expression, see `isName`. */
export const NAME_PATTERN = '[!#-[\\]-~]{1,128}';

const NAME = new RegExp(`^${NAME_PATTERN}$`);

/**
 * Whether a text can name a message, room, user or device: 1 to 128 printable ASCII characters, without blank, `"` and `\`.
 * Such a name needs no escaping in JSON, in a tab-separated record or in a quoted array literal, so that encoders
 * concatenate names as they are. Whoever widens this must escape in all of them.
 */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** Whether a client may name a room so: a name that does not begin with `@`, as the channels of users and groups do. */
export function isRoomName(value: unknown): value is string {
  return isName(value) && value[0] !== '@';
}
