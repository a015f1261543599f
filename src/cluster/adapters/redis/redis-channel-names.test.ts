import { expect, test } from 'vitest';
import { EVERYONE, groupChannel, userChannel } from '../../ports/channels.ts';
import { topicOf } from '../stomp/stomp-destinations.ts';
import { NAME_PER_CHANNEL, NOTIFICATION_PATTERN } from './redis-channel-names.ts';

const channels = [EVERYONE, userChannel('ann'), userChannel('@all'), groupChannel('staff'), 'staff', 'user:ann', 'a.*'];

test('every channel has a name of its own in Redis and is found again by it', () => {
  for (const names of [NAME_PER_CHANNEL, NOTIFICATION_PATTERN]) {
    const given = channels.map(names.nameOf);
    expect(new Set(given).size).toBe(channels.length);
    expect(given.map(names.channelOf)).toEqual(channels);
  }
  expect(NOTIFICATION_PATTERN.nameOf(userChannel('ann'))).toBe('notification:user:ann');
  expect(NOTIFICATION_PATTERN.nameOf('staff')).toBe('notification:group:staff');
  expect(NOTIFICATION_PATTERN.nameOf(EVERYONE)).toBe('notification:broadcast');
});

test('every channel has a topic of its own, of words that mean nothing else to the broker', () => {
  const topics = [...channels, '_YS4q', `${'.'.repeat(128)}`].map(topicOf);
  expect(new Set(topics).size).toBe(channels.length + 2);
  for (const topic of topics) expect(topic).toMatch(/^(all|(user|room|group)\.[\w-]+)$/);
  expect(topicOf('r1')).toBe('room.r1');
  expect(Math.max(...topics.map((topic) => topic.length))).toBeLessThan(255);
});
