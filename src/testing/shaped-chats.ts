import { createHmac } from 'node:crypto';
import type { WebSocket } from 'ws';
import { startHttp } from './http-chat.ts';

/**
 * Small servers that speak published protocols of chat servers which no package registry has: everybody in a room gets every message, who
 * sent it too, unless the protocol says otherwise.
 */
export type ShapedChat = Awaited<ReturnType<typeof startHttp>>;

class Rooms {
  readonly #members = new Map<string, Set<WebSocket>>();

  join(room: string, socket: WebSocket): void {
    const members = this.#members.get(room) ?? new Set();
    this.#members.set(room, members.add(socket));
    socket.on('close', () => members.delete(socket));
  }

  send(room: string, frame: string, except: WebSocket | null = null): void {
    for (const member of this.#members.get(room) ?? []) if (member !== except) member.send(frame);
  }
}

/** What a server makes of a client's frames. */
type Speak = (socket: WebSocket, rooms: Rooms) => (frame: string) => void;

function startShaped(path: string, speak: Speak): Promise<ShapedChat> {
  const rooms = new Rooms();
  return startHttp(
    (_url, _request, response) => void response.writeHead(404).end(),
    (socket) => {
      const hear = speak(socket, rooms);
      socket.on('message', (data) => hear(String(data)));
    },
    (url) => url.pathname === path,
  );
}

/** https://docs.anycable.io/misc/action_cable_protocol */
export const startActionCable = () =>
  startShaped('/cable', (socket, rooms) => {
    socket.send('{"type":"welcome"}');
    return (frame) => {
      const { command, identifier, data } = JSON.parse(frame);
      const { channel, room } = JSON.parse(identifier);
      if (channel !== 'ChatChannel') socket.send(JSON.stringify({ identifier, type: 'reject_subscription' }));
      else if (command === 'subscribe') {
        rooms.join(room, socket);
        socket.send(JSON.stringify({ identifier, type: 'confirm_subscription' }));
        socket.send(JSON.stringify({ type: 'ping', message: 1 }));
      } else if (command === 'message') {
        const { action, text } = JSON.parse(data);
        if (action === 'speak') rooms.send(room, JSON.stringify({ identifier, message: { text } }));
      }
    };
  });

/** https://hexdocs.pm/phoenix/writing_a_channels_client.html */
export const startPhoenix = () =>
  startShaped('/socket/websocket', (socket, rooms) => (frame) => {
    const [joinRef, ref, topic, event, payload] = JSON.parse(frame);
    const reply = (status: string, response: object) =>
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { response, status }]));
    if (topic === 'phoenix' || event === 'phx_join') {
      if (event === 'phx_join') rooms.join(topic, socket);
      reply('ok', {});
    } else if (event === 'new_msg') {
      rooms.send(topic, JSON.stringify([null, null, topic, event, payload]));
      reply('ok', {});
    } else reply('error', { reason: 'unmatched event' });
  });

interface Invocation {
  readonly type: number;
  readonly target: string;
  readonly arguments: readonly [string, string];
  readonly invocationId: string;
}

/** https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md */
export const startSignalr = () =>
  startShaped('/chat', (socket, rooms) => {
    const send = (message: object) => socket.send(`${JSON.stringify(message)}\x1e`);
    let hasShakenHands = false;
    const take = ({ type, target, arguments: args, invocationId }: Invocation) => {
      if (type !== 1) return;
      const complete = (error?: string) =>
        send({ type: 3, invocationId, ...(error === undefined ? { result: null } : { error }) });
      if (target === 'Join') rooms.join(args[0], socket);
      else if (target !== 'Send') return complete(`Unknown hub method '${target}'`);
      else rooms.send(args[0], `${JSON.stringify({ type: 1, target: 'message', arguments: [args[1]] })}\x1e`);
      complete();
    };
    return (frame) => {
      for (const record of frame.split('\x1e').filter((text) => text !== '')) {
        if (hasShakenHands) take(JSON.parse(record));
        else {
          hasShakenHands = true;
          send({});
          send({ type: 6 });
        }
      }
    };
  });

interface Command {
  readonly id?: number;
  readonly connect?: object;
  readonly subscribe?: { readonly channel: string };
  readonly publish?: { readonly channel: string; readonly data: object };
}

/** https://centrifugal.dev/docs/transports/client_protocol; numbers of commands have 32 bits. */
export const startCentrifugo = () =>
  startShaped('/connection/websocket', (socket, rooms) => {
    let isConnected = false;
    const take = (command: Command) => {
      const { id, connect, subscribe, publish } = command;
      if (id === undefined) return null;
      if (id > 0xffff_ffff) return socket.close(3501, 'bad request');
      const reply = (body: object) => `${JSON.stringify({ id, ...body })}\n`;
      if (connect !== undefined) {
        isConnected = true;
        return `${reply({ connect: { client: 'a', version: '5', ping: 25, pong: true } })}{}\n`;
      }
      if (!isConnected) return socket.close(3501, 'bad request');
      if (subscribe !== undefined) {
        rooms.join(subscribe.channel, socket);
        return reply({ subscribe: {} });
      }
      if (publish === undefined) return null;
      if (publish.channel === 'forbidden') return reply({ error: { code: 103, message: 'permission denied' } });
      rooms.send(
        publish.channel,
        `${JSON.stringify({ push: { channel: publish.channel, pub: { data: publish.data } } })}\n`,
      );
      return reply({ publish: {} });
    };
    return (frame) => {
      const replies = frame.split('\n').flatMap((line) => (line === '' ? [] : (take(JSON.parse(line)) ?? [])));
      if (replies.length > 0) socket.send(replies.join('').trimEnd());
    };
  });

export const PUSHER_SECRET = 'app-secret';

/** https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol */
export const startPusher = () =>
  startShaped('/app/app-key', (socket, rooms) => {
    const socketId = `${Math.floor(Math.random() * 1e6)}.${Math.floor(Math.random() * 1e6)}`;
    const send = (event: string, data: unknown, channel?: string) =>
      socket.send(JSON.stringify({ event, channel, data }));
    send('pusher:connection_established', JSON.stringify({ socket_id: socketId, activity_timeout: 120 }));
    const joined = new Set<string>();
    return (frame) => {
      const { event, channel, data } = JSON.parse(frame);
      if (event === 'pusher:subscribe') {
        const signature = createHmac('sha256', PUSHER_SECRET).update(`${socketId}:${data.channel}`).digest('hex');
        if (data.auth !== `app-key:${signature}`)
          return send('pusher:subscription_error', { status: 401 }, data.channel);
        joined.add(data.channel);
        rooms.join(data.channel, socket);
        send('pusher_internal:subscription_succeeded', '{}', data.channel);
        send('pusher:ping', {});
      } else if (joined.has(channel) && /^client-/.test(event)) {
        rooms.send(channel, JSON.stringify({ event, channel, data }), socket);
      }
    };
  });
