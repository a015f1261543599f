import type { ServerResponse } from 'node:http';
import { type CountingChat, type HandleRequest, readBody, startHttp } from './http-chat.ts';

interface Entry {
  /** From 1, in its room. */
  readonly n: number;
  readonly user: string;
  readonly text: string;
}

interface Listener {
  readonly user: string;
  tell(entry: Entry): void;
}

/** Rooms with a log; POST /send with JSON `room`, `user`, `text` adds to it, and everybody else in the room is told. */
class Log {
  readonly counts = { received: 0, delivered: 0 };
  readonly #rooms = new Map<string, { readonly entries: Entry[]; readonly listeners: Set<Listener> }>();

  of(room: string) {
    const found = this.#rooms.get(room) ?? { entries: [], listeners: new Set() };
    this.#rooms.set(room, found);
    return found;
  }

  add(room: string, user: string, text: string): void {
    const { entries, listeners } = this.of(room);
    const entry = { n: entries.length + 1, user, text };
    entries.push(entry);
    this.counts.received++;
    for (const listener of [...listeners]) if (listener.user !== user) listener.tell(entry);
  }

  readonly send: HandleRequest = async (_url, request, response) => {
    const { room, user, text } = JSON.parse(await readBody(request));
    this.add(room, user, text);
    response.writeHead(202).end('{}');
  };
}

/**
 * Server-sent events at GET /events?room=R&user=U: a comment first, then one event for each message, in two lines of data; from behind Last-Event-ID
 * on where a client comes back.
 *
 * @param endsAfter events of one stream, after which it ends, and asks to be left alone for 20 ms
 */
export async function startEventStreamChat(endsAfter = Number.POSITIVE_INFINITY): Promise<CountingChat> {
  const log = new Log();
  const server = await startHttp((url, request, response) => {
    if (request.method === 'POST') return log.send(url, request, response);
    const user = url.searchParams.get('user') ?? '';
    const { entries, listeners } = log.of(url.searchParams.get('room') ?? '');
    const last = Number(request.headers['last-event-id'] ?? entries.length);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(': welcome\nretry: 20\n\nevent: joined\ndata: yes\n\n');
    let told = 0;
    const listener: Listener = {
      user,
      tell({ n, text, user: from }) {
        log.counts.delivered++;
        response.write(
          `id: ${n}\r\ndata: {"user":${JSON.stringify(from)},\r\ndata: "text":${JSON.stringify(text)}}\r\n\r\n`,
        );
        if (++told === endsAfter) leave();
      },
    };
    const leave = () => {
      listeners.delete(listener);
      response.end();
    };
    request.on('close', () => listeners.delete(listener));
    listeners.add(listener);
    for (const entry of entries) if (entry.n > last && entry.user !== user && told < endsAfter) listener.tell(entry);
  });
  return { ...server, counts: log.counts };
}

/**
 * One chat by three ways: events as above, and WebSockets at /text?room=R&user=U with JSON in text frames, or at /binary with `m` and JSON in binary ones.
 * Messages over a WebSocket are acknowledged (`a` and the text), and those of the binary way come back to who sends them.
 */
export async function startMixedChat(): Promise<CountingChat> {
  const log = new Log();
  const placeOf = (url: URL) => {
    const room = url.searchParams.get('room') ?? '';
    return { user: url.searchParams.get('user') ?? '', room, listeners: log.of(room).listeners };
  };
  const server = await startHttp(
    (url, request, response) => {
      if (request.method === 'POST') return log.send(url, request, response);
      const { user, listeners } = placeOf(url);
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('event: joined\ndata: yes\n\n');
      const listener: Listener = {
        user,
        tell({ n, text }) {
          log.counts.delivered++;
          response.write(`id: ${n}\ndata: ${JSON.stringify({ text })}\n\n`);
        },
      };
      request.on('close', () => listeners.delete(listener));
      listeners.add(listener);
    },
    (socket, url) => {
      const { user, room, listeners } = placeOf(url);
      const isBinary = url.pathname === '/binary';
      const send = (kind: string, text: string) => {
        const body = JSON.stringify({ kind, text });
        socket.send(isBinary ? Buffer.from(kind + body) : body);
      };
      const tell = ({ text }: Entry) => {
        log.counts.delivered++;
        send('m', text);
      };
      const listener: Listener = { user: isBinary ? '' : user, tell };
      socket.on('message', (data) => {
        const written = String(data);
        const { text } = JSON.parse(isBinary ? written.slice(1) : written) as { text: string };
        send('a', text);
        log.add(room, user, text);
      });
      socket.on('close', () => listeners.delete(listener));
      listeners.add(listener);
    },
  );
  return { ...server, counts: log.counts };
}

/** Polls at GET /events?room=R&user=U&after=N: all messages behind N, at once where there are some, else as soon as one comes, or after 2 s. */
export async function startLongPollChat(): Promise<CountingChat> {
  const log = new Log();
  const server = await startHttp((url, request, response) => {
    if (request.method === 'POST') return log.send(url, request, response);
    const user = url.searchParams.get('user') ?? '';
    const after = Number(url.searchParams.get('after'));
    const { entries, listeners } = log.of(url.searchParams.get('room') ?? '');
    const answer = (): boolean => {
      const messages = entries.filter((entry) => entry.n > after && entry.user !== user);
      if (messages.length > 0) answerWith(response, messages, messages.at(-1)!.n);
      log.counts.delivered += messages.length;
      return messages.length > 0;
    };
    if (answer()) return;
    const leave = () => {
      clearTimeout(timer);
      listeners.delete(listener);
    };
    const listener = { user, tell: () => (answer() ? leave() : undefined) };
    const timer = setTimeout(() => {
      leave();
      answerWith(response, [], after);
    }, 2_000);
    request.on('close', leave);
    listeners.add(listener);
  });
  return { ...server, counts: log.counts };
}

function answerWith(response: ServerResponse, messages: readonly Entry[], last: number): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ messages, last }));
}
