/**
 * The topic of a channel: a word after `room.`, `user.` or `group.`, or `all`. Dots and wildcards mean something to the
 * broker, so a name with anything but letters, digits and `-` is written in base64url behind `_`, which no plain name has.
 */
export function topicOf(channel: string): string {
  if (channel === '@all') return 'all';
  if (channel.startsWith('@u:')) return `user.${toWord(channel.slice('@u:'.length))}`;
  if (channel.startsWith('@g:')) return `group.${toWord(channel.slice('@g:'.length))}`;
  return `room.${toWord(channel)}`;
}

function toWord(name: string): string {
  return /^[A-Za-z0-9-]+$/.test(name) ? name : `_${Buffer.from(name).toString('base64url')}`;
}
