import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { directRoomOf } from '../../cluster/wire/direct-room.ts';
import { ChatClient } from '../chat-client.ts';

/** What a cluster of two gateways does besides joining and sending, whatever its topology. */
export function describeChatFeatures(
  name: string,
  open: () => Promise<{ readonly endpoints: readonly string[] }>,
): void {
  describe(`chat features over ${name}`, () => {
    let near: string;
    let far: string;
    const clients: ChatClient[] = [];

    beforeAll(async () => {
      const { endpoints } = await open();
      [near, far] = [endpoints[0]!, endpoints[1]!];
    });

    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.close()));
    });

    async function connect(endpoint: string, user: string, device = 'd0', session?: string): Promise<ChatClient> {
      const client = await ChatClient.connect(endpoint, user, device, session);
      clients.push(client);
      // Registered in order: once this is answered, so is the channel of the user.
      await client.join(`of-${user}-${device}`);
      return client;
    }

    async function disconnect(client: ChatClient): Promise<void> {
      clients.splice(clients.indexOf(client), 1);
      await client.close();
    }

    function idsOf(client: ChatClient): string[] {
      return client.messages.items.map(({ id }) => id);
    }

    test('who joins with notices hears of the others that do, and nobody else hears or is heard of', async () => {
      const [ann, bob, quiet] = [await connect(near, 'ann'), await connect(far, 'bob'), await connect(far, 'quiet')];
      ann.ask({ t: 'join', room: 'noticed', notices: true });
      await expect
        .poll(() => ann.frames.items.some((frame) => frame.t === 'joined' && frame.room === 'noticed'))
        .toBe(true);
      await quiet.join('noticed');
      bob.ask({ t: 'join', room: 'noticed', notices: true });
      expect(await ann.told('notice')).toEqual([
        { t: 'notice', room: 'noticed', user: 'bob', device: 'd0', event: 'joined' },
      ]);
      bob.ask({ t: 'leave', room: 'noticed' });
      expect((await ann.told('notice', 2))[1]).toMatchObject({ user: 'bob', event: 'left' });
      bob.ask({ t: 'join', room: 'noticed', notices: true });
      await ann.told('notice', 3);
      await disconnect(bob);
      expect((await ann.told('notice', 4)).map(({ event }) => event)).toEqual(['joined', 'left', 'joined', 'left']);
      expect(quiet.frames.items.filter(({ t }) => t === 'notice')).toEqual([]);
    });

    test('who has left a room gets nothing more of it and cannot send to it', async () => {
      const [ann, bob] = [await connect(near, 'ann'), await connect(far, 'bob')];
      await Promise.all([ann.join('left'), bob.join('left')]);
      ann.send('l1', 'left');
      await bob.messages.atLeast(1);
      bob.ask({ t: 'leave', room: 'left' });
      expect(await bob.told('left')).toEqual([{ t: 'left', room: 'left' }]);
      ann.send('l2', 'left');
      await ann.acks.atLeast(2);
      bob.send('l3', 'left');
      expect(await bob.told('error')).toMatchObject([{ id: 'l3', code: 'not-a-member' }]);
      expect(idsOf(bob)).toEqual(['l1']);
    });

    test('a direct message reaches all devices of both users but the one that sent it, in one numbered room', async () => {
      const [phone, laptop] = [await connect(near, 'dan', 'phone'), await connect(far, 'dan', 'laptop')];
      const [eve, eveToo, other] = [
        await connect(far, 'eve'),
        await connect(far, 'eve', 'd1'),
        await connect(near, 'fay'),
      ];
      phone.ask({ t: 'direct', id: 'd1', to: 'eve', body: 'one' });
      await phone.acks.atLeast(1);
      const room = directRoomOf('dan', 'eve');
      for (const client of [laptop, eve, eveToo]) {
        expect(await client.messages.atLeast(1)).toMatchObject([{ id: 'd1', room, seq: 1, from: 'dan', body: 'one' }]);
      }
      eve.ask({ t: 'direct', id: 'd2', to: 'dan', body: 'two' });
      for (const client of [phone, laptop, eveToo]) {
        await expect.poll(() => client.messages.items.find(({ id }) => id === 'd2')).toMatchObject({ room, seq: 2 });
      }
      expect([phone, laptop, eve, eveToo, other].map(idsOf)).toEqual([['d2'], ['d1', 'd2'], ['d1'], ['d1', 'd2'], []]);
    });

    test('a message right behind its join is taken', async () => {
      const ann = await connect(near, 'ann');
      ann.ask({ t: 'join', room: 'at-once' });
      ann.send('o1', 'at-once');
      expect(await ann.acks.atLeast(1)).toEqual(['o1']);
    });

    test('typing and read receipts reach the other members, those of strangers nobody', async () => {
      const [ann, bob, stranger] = [await connect(near, 'ann'), await connect(far, 'bob'), await connect(far, 'eve')];
      await Promise.all([ann.join('signals'), bob.join('signals')]);
      ann.ask({ t: 'typing', room: 'signals' });
      ann.ask({ t: 'typing', room: 'signals' });
      expect(await bob.told('typing')).toEqual([{ t: 'typing', room: 'signals', user: 'ann' }]);
      ann.ask({ t: 'read', room: 'signals', seq: 4 });
      expect(await bob.told('read')).toEqual([{ t: 'read', room: 'signals', user: 'ann', seq: 4 }]);
      stranger.ask({ t: 'typing', room: 'signals' });
      stranger.ask({ t: 'read', room: directRoomOf('ann', 'bob'), seq: 4 });
      expect((await stranger.told('error', 2)).map(({ code }) => code)).toEqual(['not-a-member', 'not-a-member']);
      expect(bob.frames.items.filter(({ t }) => t === 'typing')).toHaveLength(1);
      expect(ann.frames.items.filter(({ t }) => t === 'typing' || t === 'read')).toEqual([]);
      ann.ask({ t: 'typing', room: directRoomOf('ann', 'eve') });
    });

    test('notifications reach all devices of a user, or a group; a client cannot notify groups of others or everyone', async () => {
      const [ann, bob, bobToo] = [
        await connect(near, 'ann'),
        await connect(far, 'bob'),
        await connect(near, 'bob', 'd1'),
      ];
      ann.ask({ t: 'notify', id: 'n1', to: { user: 'bob' }, body: 'to "bob"' });
      expect(await ann.told('pushed')).toEqual([{ t: 'pushed', id: 'n1' }]);
      for (const client of [bob, bobToo]) {
        expect(await client.told('notification')).toMatchObject([
          { id: 'n1', from: 'ann', to: { user: 'bob' }, body: 'to "bob"' },
        ]);
      }
      ann.ask({ t: 'notify', id: 'n2', to: { group: 'staff' }, body: '' });
      ann.ask({ t: 'notify', id: 'n3', to: { everyone: true }, body: '' });
      expect((await ann.told('error', 2)).map(({ id, code }) => `${id} ${code}`)).toEqual([
        'n2 forbidden',
        'n3 forbidden',
      ]);
      for (const client of [ann, bob]) client.ask({ t: 'subscribe', group: 'staff' });
      await Promise.all([ann.told('subscribed'), bob.told('subscribed')]);
      ann.ask({ t: 'notify', id: 'n4', to: { group: 'staff' }, body: '' });
      expect((await bob.told('notification', 2))[1]).toMatchObject({ id: 'n4', to: { group: 'staff' } });
      await ann.told('notification');
      expect(bobToo.frames.items.filter(({ t }) => t === 'notification')).toHaveLength(1);
    });

    test('of two connections of one device, on whichever gateways, the newer one is left', async () => {
      const other = await connect(far, 'gus', 'laptop');
      for (const [before, after] of [
        [near, far],
        [far, far],
      ] as const) {
        const old = await ChatClient.connect(before, 'gus', 'phone');
        const closed = old.closed();
        await old.join('of-gus-phone');
        const young = await connect(after, 'gus', 'phone');
        expect(await closed).toBe(4009);
        expect(old.frames.items.map(({ t }) => t)).toEqual(['joined']);
        await disconnect(young);
      }
      other.ask({ t: 'direct', id: 'g1', to: 'gus', body: '' });
      await other.acks.atLeast(1);
      expect(other.frames.items.map(({ t }) => t).filter((t) => t !== 'joined')).toEqual(['ack']);
    });

    test('a cursor goes no further than its room, and none into a direct room of others', async () => {
      const [ann, bob] = [await connect(near, 'ann'), await connect(far, 'bob')];
      await Promise.all([ann.join('clamped'), bob.join('clamped')]);
      ann.send('k1', 'clamped');
      await bob.messages.atLeast(1);
      bob.ask({ t: 'cursor', room: 'clamped', seq: 1_000_000 });
      bob.ask({ t: 'cursor', room: directRoomOf('ann', 'dan'), seq: 1 });
      expect(await bob.told('error')).toMatchObject([{ code: 'forbidden' }]);
      // Longer than the history may lag behind what was delivered.
      await new Promise((resolve) => setTimeout(resolve, 600));
      await disconnect(bob);
      ann.send('k2', 'clamped');
      await ann.acks.atLeast(2);
      const again = await connect(near, 'bob');
      again.ask({ t: 'sync', room: 'clamped' });
      await again.told('synced');
      // Live, where it was acknowledged and not stored yet.
      await again.messages.atLeast(1);
      expect(idsOf(again)).toEqual(['k2']);
      again.ask({ t: 'sync', room: 'clamped', after: 1_000_000 });
      expect((await again.told('synced', 2))[1]).toMatchObject({ seq: 2 });
    });

    test('over HTTP a message is answered once it is accepted, reaches the room, and is found in the history', async () => {
      const bob = await connect(far, 'bob');
      expect(await post(near, '/api/messages', { user: 'ann', room: 'http room', body: 'x' })).toMatchObject({
        status: 400,
      });
      await bob.join('http%room');
      const sent = await post(near, '/api/messages', { user: 'ann', room: 'http%room', id: 'h1', body: 'over "http"' });
      expect(sent).toEqual({ status: 201, content: { id: 'h1', room: 'http%room' } });
      expect(await bob.messages.atLeast(1)).toMatchObject([{ id: 'h1', from: 'ann', seq: 1, body: 'over "http"' }]);
      const again = await post(far, '/api/messages', { user: 'ann', to: 'bob', body: 'direct' });
      expect(again).toMatchObject({ status: 201, content: { room: directRoomOf('ann', 'bob') } });
      expect((await bob.messages.atLeast(2))[1]).toMatchObject({ id: again.content.id, body: 'direct' });
      const history = await get(far, '/rooms/http%25room/messages?after=0&limit=5');
      expect(history).toMatchObject({
        status: 200,
        content: { messages: [{ id: 'h1', seq: 1, from: 'ann', body: 'over "http"' }], more: false },
      });
    });

    test('over HTTP everyone is notified', async () => {
      const [ann, bob] = [await connect(near, 'ann'), await connect(far, 'bob')];
      const pushed = await post(near, '/api/notifications', { user: 'ops', to: { everyone: true }, body: 'tea' });
      expect(pushed).toMatchObject({ status: 202 });
      for (const client of [ann, bob]) {
        expect(await client.told('notification')).toMatchObject([
          { id: pushed.content.id, from: 'ops', to: { everyone: true }, body: 'tea' },
        ]);
      }
    });

    test('what a device missed comes in order, then what is live, without gap and repetition', async () => {
      const [ann, bob] = [await connect(near, 'ann'), await connect(far, 'bob')];
      await Promise.all([ann.join('missed'), bob.join('missed')]);
      for (let n = 1; n <= 3; n++) ann.send(`m${n}`, 'missed');
      await bob.messages.atLeast(3);
      bob.ask({ t: 'cursor', room: 'missed', seq: 2 });
      bob.ask({ t: 'leave', room: 'missed' });
      await bob.told('left');
      await disconnect(bob);
      for (let n = 4; n <= 350; n++) ann.send(`m${n}`, 'missed');
      const back = await connect(near, 'bob');
      back.ask({ t: 'sync', room: 'missed' });
      for (let n = 351; n <= 500; n++) ann.send(`m${n}`, 'missed');
      await back.messages.atLeast(498);
      await ann.acks.atLeast(500);
      expect(back.messages.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 498 }, (_, n) => n + 3));
      const [synced] = await back.told('synced');
      expect(synced!.seq).toBeGreaterThanOrEqual(3);
    });

    test('each device has a cursor of its own, and a device without one begins with what comes', async () => {
      const [ann, phone] = [await connect(near, 'ann'), await connect(far, 'gus', 'phone')];
      await Promise.all([ann.join('devices'), phone.join('devices')]);
      ann.send('c1', 'devices');
      ann.send('c2', 'devices');
      await phone.messages.atLeast(2);
      phone.ask({ t: 'cursor', room: 'devices', seq: 1 });
      const laptop = await connect(far, 'gus', 'laptop');
      await expect.poll(async () => (await get(near, '/rooms/devices/messages')).content.messages.length).toBe(2);
      laptop.ask({ t: 'sync', room: 'devices' });
      expect(await laptop.told('synced')).toEqual([{ t: 'synced', room: 'devices', seq: 2 }]);
      phone.ask({ t: 'sync', room: 'devices' });
      expect(await phone.told('synced')).toEqual([{ t: 'synced', room: 'devices', seq: 2 }]);
      ann.send('c3', 'devices');
      expect((await laptop.messages.atLeast(1)).map(({ id }) => id)).toEqual(['c3']);
      expect((await phone.messages.atLeast(4)).map(({ id }) => id)).toEqual(['c1', 'c2', 'c2', 'c3']);
    });

    test('a session gives a device its rooms back on another gateway, with all that it missed', async () => {
      const [ann, bob] = [await connect(near, 'ann'), await connect(far, 'bob', 'd0', '')];
      const [session] = await bob.told('session');
      expect(session).toMatchObject({ resumed: false, rooms: [] });
      await Promise.all([ann.join('kept'), bob.join('kept'), bob.join('dropped')]);
      bob.ask({ t: 'leave', room: 'dropped' });
      await bob.told('left');
      ann.send('s1', 'kept');
      await bob.messages.atLeast(1);
      bob.ask({ t: 'cursor', room: 'kept', seq: 1 });
      await disconnect(bob);
      ann.send('s2', 'kept');
      await ann.acks.atLeast(2);
      const back = await connect(near, 'bob', 'd0', session!.id);
      const [resumed] = await back.told('session');
      expect(resumed).toMatchObject({ id: session!.id, resumed: true });
      expect([...resumed!.rooms].sort()).toEqual(['kept', 'of-bob-d0']);
      expect((await back.messages.atLeast(1)).map(({ id }) => id)).toEqual(['s2']);
      ann.send('s3', 'kept');
      expect((await back.messages.atLeast(2)).map(({ id }) => id)).toEqual(['s2', 's3']);
      const thief = await connect(far, 'eve', 'd0', session!.id);
      expect(await thief.told('session')).toMatchObject([{ resumed: false, rooms: [] }]);
    });

    test('watchers learn who is there and when that changes', async () => {
      const [ann, hal] = [await connect(near, 'ann'), await connect(far, `hal-${name.replaceAll(' ', '-')}`)];
      ann.ask({ t: 'watch', user: hal.user });
      expect(await ann.told('presence')).toEqual([{ t: 'presence', user: hal.user, online: false }]);
      hal.ask({ t: 'heartbeat' });
      expect((await hal.told('heartbeat'))[0]!.ttlMs).toBeGreaterThan(0);
      expect((await ann.told('presence', 2))[1]).toEqual({ t: 'presence', user: hal.user, online: true });
      for (const status of ['at "lunch"', 'back']) hal.ask({ t: 'heartbeat', status });
      expect((await ann.told('presence', 4)).slice(2)).toEqual([
        { t: 'presence', user: hal.user, online: true, status: 'at "lunch"' },
        { t: 'presence', user: hal.user, online: true, status: 'back' },
      ]);
    });
  });
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the gateway answered
  readonly content: any;
}

async function post(endpoint: string, path: string, body: object): Promise<Answer> {
  return read(
    await fetch(addressOf(endpoint, path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function get(endpoint: string, path: string): Promise<Answer> {
  return read(await fetch(addressOf(endpoint, path)));
}

async function read(response: Response): Promise<Answer> {
  return { status: response.status, content: await response.json() };
}

function addressOf(endpoint: string, path: string): URL {
  return new URL(path, endpoint.replace(/^ws/, 'http'));
}
