import { describe, expect, test } from 'vitest';
import type { DeviceCursors, UserPresence } from '../../cluster/ports/devices.ts';
import { SESSION_TTL_MS, type Sessions } from '../../cluster/ports/devices.ts';

const phone = { user: 'ann', device: 'phone' };
const laptop = { user: 'ann', device: 'laptop' };

export function describeDeviceCursors(name: string, open: () => DeviceCursors): void {
  describe(`${name} as device cursors`, () => {
    test('each device has its own, in the order of the question', async () => {
      await open().advance(phone, new Map(Object.entries({ a: 3, b: 0 })));
      await open().advance(laptop, new Map([['a', 9]]));
      expect(await open().read(phone, ['b', 'none', 'a'])).toEqual([0, null, 3]);
      expect(await open().read(laptop, ['a', 'b'])).toEqual([9, null]);
      expect(await open().read({ user: 'ann', device: 'new' }, ['a'])).toEqual([null]);
      expect(await open().read(phone, [])).toEqual([]);
    });

    test('a cursor moves forward, never back', async () => {
      for (const seq of [10, 9, 100, 20]) await open().advance(phone, new Map([['forward', seq]]));
      expect(await open().read(phone, ['forward'])).toEqual([100]);
    });
  });
}

/** @param passMs lets so many milliseconds pass for the sessions that `open` yields, of which each lives for `SESSION_TTL_MS` */
export function describeSessions(name: string, open: () => Sessions, passMs: (ms: number) => Promise<void>): void {
  describe(`${name} as sessions`, () => {
    test('a session gives back the rooms that were joined and not left', async () => {
      const id = await open().open(phone);
      await open().join(id, { room: 'a', notices: false });
      await open().join(id, { room: 'b', notices: true });
      await open().join(id, { room: 'c', notices: false });
      await open().leave(id, 'a');
      const rooms = await open().resume(id, phone);
      expect([...rooms!].sort((x, y) => (x.room < y.room ? -1 : 1))).toEqual([
        { room: 'b', notices: true },
        { room: 'c', notices: false },
      ]);
    });

    test('it belongs to one device, and nobody else can resume it', async () => {
      const id = await open().open(phone);
      expect(await open().resume(id, laptop)).toBeNull();
      expect(await open().resume(id, { user: 'eve', device: 'phone' })).toBeNull();
      expect(await open().resume('unknown', phone)).toBeNull();
      expect(await open().resume(id, phone)).toEqual([]);
    });

    test('it lives as long as it is kept, and what comes after its end is not kept', async () => {
      const [kept, left] = [await open().open(phone), await open().open(phone)];
      for (let part = 0; part < 6; part++) {
        await passMs(SESSION_TTL_MS / 4);
        await open().keep([kept]);
        await open().join(left, { room: 'a', notices: false });
      }
      expect(await open().resume(left, phone)).toBeNull();
      expect(await open().resume(kept, phone)).toEqual([]);
      await open().keep([]);
    });
  });
}

/** @param open presences with this time to live, all of the same users */
export function describeUserPresence(name: string, open: (ttlMs: number) => UserPresence): void {
  describe(`${name} as presence of users`, () => {
    test('a user comes online once, whichever device it is', async () => {
      const presence = open(60_000);
      expect(await presence.isOnline('ann')).toBe(false);
      expect(await presence.beat(phone)).toBe(true);
      expect(await presence.beat(laptop)).toBe(false);
      expect(await presence.beat(phone)).toBe(false);
      expect(await presence.isOnline('ann')).toBe(true);
      expect(await presence.takeExpired()).toEqual([]);
    });

    test('whose heartbeats have run out is offline, and told so to one caller only', async () => {
      const presence = open(60);
      const device = { user: 'brief', device: 'd0' };
      expect(await presence.beat(device)).toBe(true);
      await expect.poll(() => presence.isOnline('brief')).toBe(false);
      const told = await Promise.all([presence.takeExpired(), presence.takeExpired(), presence.takeExpired()]);
      expect(told.flat()).toEqual(['brief']);
      expect(await presence.beat(device)).toBe(true);
    });

    test('one that comes back before anybody was told has never been away', async () => {
      const presence = open(60);
      const device = { user: 'blink', device: 'd0' };
      await presence.beat(device);
      await expect.poll(() => presence.isOnline('blink')).toBe(false);
      expect(await presence.beat(device)).toBe(false);
      expect(await presence.takeExpired()).not.toContain('blink');
    });
  });
}
