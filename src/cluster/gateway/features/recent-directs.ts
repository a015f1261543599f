import { LruMap } from '../../lru-map.ts';
import { readMessagePosition } from './read-message-position.ts';

const REMEMBERED = 1_000;

/**
 * A message to a direct room is published to both of its users. Where that brings it to one gateway twice, under the name
 * of the room, the second copy is a repetition: numbers ascend on each of the two ways.
 */
export class RecentDirects {
  readonly #numbers = new LruMap<string, number>(REMEMBERED);

  isRepetition(channel: string, frame: Buffer): boolean {
    if (!channel.startsWith('@d:')) return false;
    const seq = readMessagePosition(frame)?.seq ?? 0;
    const highest = this.#numbers.get(channel) ?? 0;
    if (seq > highest) this.#numbers.set(channel, seq);
    return seq > 0 && seq <= highest;
  }
}
