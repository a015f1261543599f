import { describe, expect, test } from 'vitest';
import type { RoomRouting } from '../../cluster/ports/room-routing.ts';

export function describeRoomRouting(name: string, open: () => RoomRouting): void {
  describe(`${name} as room routing`, () => {
    test('a room leads to every gateway that has joined it, once each, in the order of the question', async () => {
      const [a, b] = [await open().enter('join-a'), await open().enter('join-b')];
      await Promise.all([a.join('both'), b.join('both'), a.join('both'), b.join('one')]);
      const [nobody, both, one, again] = await open().gatewaysOf(['none', 'both', 'one', 'both']);
      expect(nobody).toEqual([]);
      expect([...both!].sort()).toEqual(['join-a', 'join-b']);
      expect(one).toEqual(['join-b']);
      expect(again).toEqual(both);
    });

    test('leaving takes out the gateway that leaves and no other', async () => {
      // One name is the beginning of the other.
      const [a, ab] = [await open().enter('leave'), await open().enter('leave-2')];
      await Promise.all([a.join('left'), ab.join('left')]);
      await a.leave('left');
      expect(await open().gatewaysOf(['left'])).toEqual([['leave-2']]);
      await ab.leave('left');
      expect(await open().gatewaysOf(['left'])).toEqual([[]]);
    });

    test('joins and leaves take effect in the order of the calls, even when nobody waits for them', async () => {
      const gateway = await open().enter('order');
      const calls = [
        gateway.join('in'),
        gateway.leave('in'),
        gateway.join('in'),
        gateway.join('out'),
        gateway.leave('out'),
      ];
      await Promise.all(calls);
      expect(await open().gatewaysOf(['in', 'out'])).toEqual([['order'], []]);
    });

    test('exit takes the gateway out of all its rooms', async () => {
      const [leaving, staying] = [await open().enter('exit-1'), await open().enter('exit-2')];
      await Promise.all([leaving.join('x'), leaving.join('y'), staying.join('y')]);
      await leaving.exit();
      expect(await open().gatewaysOf(['x', 'y'])).toEqual([[], ['exit-2']]);
    });

    test('entering again forgets what the predecessor of the same name has left', async () => {
      const predecessor = await open().enter('twice');
      await predecessor.join('old');
      await open().enter('twice');
      expect(await open().gatewaysOf(['old'])).toEqual([[]]);
    });

    test('a question about no room has no answers', async () => {
      expect(await open().gatewaysOf([])).toEqual([]);
    });
  });
}
