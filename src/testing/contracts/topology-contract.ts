import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../cluster/gateway/gateway.ts';
import { EVERYONE, groupChannel, userChannel } from '../../cluster/ports/channels.ts';
import type { GatewayPath } from '../../cluster/ports/gateway-path.ts';
import type { MessageStore } from '../../cluster/ports/message-store.ts';
import { ChatClient } from '../chat-client.ts';
import { type ChatFlowAudit, runChatFlow } from '../chat-flow.ts';
import { Inbox } from '../inbox.ts';

/** All of a topology but its gateways. */
export interface TopologyUnderTest {
  /** The path of one gateway; the suite opens it and leaves it. */
  openPath(id: string): Promise<GatewayPath>;
  /** Where acknowledged messages are found, at once or a little later. */
  readonly store: MessageStore;
  /** After all paths have been left. */
  stop(): Promise<void>;
}

const FLAWLESS: Omit<ChatFlowAudit, 'acked'> = {
  lost: 0,
  duplicated: 0,
  misrouted: 0,
  echoed: 0,
  reordered: 0,
  roomsWithGaps: 0,
};

/**
 * What every topology promises, whatever it is made of.
 *
 * @param name a word that no other suite over the same services has: rooms and users begin with it
 */
export function describeTopology(name: string, open: () => Promise<TopologyUnderTest>): void {
  describe(`topology ${name}`, () => {
    let topology: TopologyUnderTest;
    let gateways: Gateway[];
    let endpoints: string[];
    const room = (its: string) => `${name}-${its}`;

    beforeAll(async () => {
      topology = await open();
      gateways = await Promise.all(
        ['g0', 'g1'].map(async (id) => startGateway({ id, host: '127.0.0.1', port: 0 }, await topology.openPath(id))),
      );
      endpoints = gateways.map(({ endpoint }) => endpoint);
    });

    afterAll(async () => {
      await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
      await topology?.stop();
    });

    test('everyone in a room but the sender receives each message once, in order and numbered without gaps', async () => {
      const audit = await runChatFlow({
        endpoints,
        rooms: 6,
        clientsPerRoom: 4,
        messages: 3_000,
        window: 200,
        prefix: `${name}-flow`,
      });
      expect(audit).toEqual({ ...FLAWLESS, acked: 3_000 });
    });

    test('the history is what was acknowledged, under the numbers that recipients saw', async () => {
      const [sender, recipient] = await Promise.all(
        endpoints.map((endpoint, i) => ChatClient.connect(endpoint, `past${i}`)),
      );
      await Promise.all([sender!.join(room('past')), recipient!.join(room('past'))]);
      const ids = Array.from({ length: 50 }, (_, n) => `past-${n}`);
      for (const id of ids) sender!.send(id, room('past'), `"${id}" \\ \n ünïcode 😀 \u0000`);
      expect([...(await sender!.acks.atLeast(50))].sort()).toEqual([...ids].sort());
      const seen = await recipient!.messages.atLeast(50);
      await expect.poll(async () => (await topology.store.history(room('past'), 0, 100)).length).toBe(50);
      const history = await topology.store.history(room('past'), 0, 100);
      expect(history.map(({ id, seq, body, from }) => ({ id, seq, body, from }))).toEqual(
        seen.map(({ id, seq, body, from }) => ({ id, seq, body, from })),
      );
      expect(history.map(({ seq }) => seq)).toEqual(ids.map((_, n) => n + 1));
      await Promise.all([sender!.close(), recipient!.close()]);
    });

    test('a message that is sent again, by whichever gateway, keeps its number and is acknowledged again', async () => {
      const [first, second, recipient] = await Promise.all(
        [endpoints[0]!, endpoints[1]!, endpoints[1]!].map((at, i) => ChatClient.connect(at, `again${i}`)),
      );
      await Promise.all([first!.join(room('again')), second!.join(room('again')), recipient!.join(room('again'))]);
      for (const id of ['a', 'b', 'a']) first!.send(id, room('again'));
      await first!.acks.atLeast(3);
      second!.send('b', room('again'));
      await second!.acks.atLeast(1);
      second!.send('c', room('again'));
      await expect.poll(() => recipient!.messages.items.some(({ id }) => id === 'c')).toBe(true);
      const numbers = new Set(recipient!.messages.items.map(({ id, seq }) => `${id}${seq}`));
      expect([...numbers]).toEqual(['a1', 'b2', 'c3']);
      await expect
        .poll(async () => (await topology.store.history(room('again'), 0, 9)).map(({ id, seq }) => `${id}${seq}`))
        .toEqual(['a1', 'b2', 'c3']);
      await Promise.all([first!.close(), second!.close(), recipient!.close()]);
    });

    test('the same id in another room is another message, and odd names are taken literally', async () => {
      const rooms = ['a.b', 'a.*', 'a.#', "it's-{50%}", 'x/y:z', '*'].map(room);
      const [sender, recipient] = await Promise.all(endpoints.map((at, i) => ChatClient.connect(at, `odd${i}`)));
      await Promise.all(rooms.flatMap((its) => [sender!.join(its), recipient!.join(its)]));
      for (const its of rooms) sender!.send('same', its, `to ${its}`);
      const received = await recipient!.messages.atLeast(rooms.length);
      expect(received.map(({ room: its, seq, body }) => `${its} ${seq} ${body}`).sort()).toEqual(
        rooms.map((its) => `${its} 1 to ${its}`).sort(),
      );
      await Promise.all([sender!.close(), recipient!.close()]);
    });

    test('who has disconnected receives nothing more, and a room that was left can be joined again', async () => {
      // The witness shares a gateway with who leaves: what it has, that gateway has delivered to all.
      const [sender, gone, witness] = await Promise.all(
        [endpoints[0]!, endpoints[1]!, endpoints[1]!].map((at, i) => ChatClient.connect(at, `leave${i}`)),
      );
      await Promise.all([sender!.join(room('left')), gone!.join(room('left')), witness!.join(room('left'))]);
      sender!.send('l1', room('left'));
      await gone!.messages.atLeast(1);
      await gone!.close();
      sender!.send('l2', room('left'));
      await witness!.messages.atLeast(2);
      expect(gone!.messages.items.map(({ id }) => id)).toEqual(['l1']);
      const back = await ChatClient.connect(endpoints[1]!, 'leave1');
      await back.join(room('left'));
      sender!.send('l3', room('left'));
      expect((await back.messages.atLeast(1)).map(({ id, seq }) => `${id}${seq}`)).toEqual(['l33']);
      await Promise.all([sender!, witness!, back].map((client) => client.close()));
    });

    test('a notification reaches who joined the channel of a user, a group, everyone or a room, in order, and nobody else', async () => {
      const [near, far] = await Promise.all(['n0', 'n1'].map((id) => listen(topology, id)));
      await near!.path.join(userChannel('ann'));
      await near!.path.join(EVERYONE);
      await far!.path.join(groupChannel('staff'));
      await far!.path.join(EVERYONE);
      await far!.path.join(room('lobby'));
      far!.path.notify(userChannel('bob'), '{"n":0}', '');
      far!.path.notify(userChannel('ann'), '{"n":1}', '');
      far!.path.notify(userChannel('ann'), '{"n":2}', 'n1.x.0');
      far!.path.notify(groupChannel('staff'), '{"n":3}', '');
      near!.path.notify(room('lobby'), '{"n":4}', '');
      expect(await near!.frames.atLeast(2)).toEqual(['@u:ann  {"n":1}', '@u:ann n1.x.0 {"n":2}']);
      expect([...(await far!.frames.atLeast(2))].sort()).toEqual(['@g:staff  {"n":3}', `${room('lobby')}  {"n":4}`]);
      near!.path.notify(EVERYONE, '{"n":5}', '');
      expect((await near!.frames.atLeast(3))[2]).toBe('@all  {"n":5}');
      expect((await far!.frames.atLeast(3))[2]).toBe('@all  {"n":5}');
      await near!.path.leave(userChannel('ann'));
      far!.path.notify(userChannel('ann'), '{"n":6}', '');
      far!.path.notify(EVERYONE, '{"n":7}', '');
      expect((await near!.frames.atLeast(4))[3]).toBe('@all  {"n":7}');
      await Promise.all([near!.path.exit(), far!.path.exit()]);
    });

    test('a message passes the paths of its room only, with the key of its sender and the trace that it belongs to', async () => {
      const [there, elsewhere] = await Promise.all(['p0', 'p1'].map((id) => listen(topology, id)));
      await there!.path.join(room('passed'));
      await elsewhere!.path.join(room('other'));
      const message = {
        room: room('passed'),
        from: 'ann',
        connection: 'p1.x.7',
        at: '1700000000000',
        bodyJson: '"hi"',
      };
      const accepted = new Inbox<string>();
      const traced = { m1: undefined, m2: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
      for (const id of ['m1', 'm2'] as const) {
        elsewhere!.path.send({ ...message, id, traceparent: traced[id] }, () => accepted.push(id));
      }
      expect(await there!.frames.atLeast(2)).toEqual([
        `${room('passed')} p1.x.7 {"t":"message","id":"m1","room":"${room('passed')}","seq":1,"from":"ann","at":1700000000000,"body":"hi"}`,
        `${room('passed')} p1.x.7 {"t":"message","id":"m2","room":"${room('passed')}","seq":2,"from":"ann","at":1700000000000,"body":"hi","traceparent":"${traced.m2}"}`,
      ]);
      expect([...(await accepted.atLeast(2))].sort()).toEqual(['m1', 'm2']);
      await elsewhere!.path.drained();
      expect(elsewhere!.frames.items).toEqual([]);
      await Promise.all([there!.path.exit(), elsewhere!.path.exit()]);
    });
  });
}

const noop = () => {};

async function listen(topology: TopologyUnderTest, id: string) {
  const path = await topology.openPath(id);
  const frames = new Inbox<string>();
  await path.open((channel, exceptConnection, frame) => frames.push(`${channel} ${exceptConnection} ${frame}`), noop);
  return { path, frames };
}
