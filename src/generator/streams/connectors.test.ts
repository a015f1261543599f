import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import type { ReceivedPlace } from '../../protocol/chat-protocol.ts';
import type { Connector } from '../connection.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { createEventStreamConnector } from './event-stream-connector.ts';
import { createLongPollConnector } from './long-poll-connector.ts';

let server: Server | null = null;
const hosts = createHostGuard(PRIVATE_ONLY);

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connect(connector: Connector, url: string, place: ReceivedPlace = { id: null, retryUs: 0 }) {
  const frames: string[] = [];
  const closed: (readonly [string, number | undefined])[] = [];
  const poll = {
    urlAfter: (after: string | null) => `${url}/?after=${after ?? 0}`,
    read(answer: string) {
      const { last, messages } = JSON.parse(answer) as { last: number; messages: string[] };
      return { place: String(last), messages: messages.map((text) => Buffer.from(text)) };
    },
  };
  const opening = {
    url: `${url}/`,
    subprotocols: [],
    headers: { 'X-Me': 'u1' },
    frames: [],
    readyFrames: 0,
    place,
    poll,
  };
  const outcome = await connector.connect(opening, 20_000_000, {
    onFrame: (frame) => frames.push(frame.toString()),
    onClose: (reason, code) => closed.push([reason, code]),
  });
  return { outcome, frames, closed, place };
}

describe('a stream of server-sent events', () => {
  const connector = createEventStreamConnector(null, hosts);

  it('has an event as a frame, however the bytes come, with its name where it has one, and no comments', async () => {
    const url = await serve((request, response) => {
      expect(request.headers).toMatchObject({ accept: 'text/event-stream', 'x-me': 'u1' });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const bytes = Buffer.from(
        ': hi\n\ndata: {"a":\r\ndata: "é"}\r\n\r\nevent: joined\ndata\n\nevent: message\nid: 7\ndata:x\n\nretry: 250\n\nid: 8\n\ndata: half',
      );
      const parts = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      const next = () => {
        const part = parts.shift();
        if (part === undefined) response.end();
        else response.write(part, () => setImmediate(next));
      };
      next();
    });
    const { outcome, frames, closed, place } = await connect(connector, url);
    expect(outcome.outcome).toBe('ok');
    await vi.waitUntil(() => closed.length > 0, { timeout: 60_000 });
    expect(frames).toEqual(['{"a":\n"é"}', 'event: joined\n', 'x']);
    expect(place).toEqual({ id: '8', retryUs: 250_000 });
    expect(closed).toEqual([['closed without a word', undefined]]);
  });

  it('says on its return how far it was', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers['last-event-id']);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 3\ndata: x\n\n');
    });
    const place = { id: null, retryUs: 0 };
    const first = await connect(connector, url, place);
    await vi.waitUntil(() => first.frames.length > 0, { timeout: 60_000 });
    await connect(connector, url, place);
    expect(seen).toEqual([undefined, '3']);
  });

  it.each([
    [
      401,
      {},
      'no such\n token',
      { outcome: 'refused', detail: 'HTTP status 401: no such token', answer: { status: 401, location: null } },
    ],
    [
      302,
      { location: '/x' },
      '',
      { outcome: 'refused', detail: 'HTTP status 302', answer: { status: 302, location: '/x' } },
    ],
    [
      200,
      { 'content-type': 'text/html' },
      '<p>',
      { outcome: 'protocol', detail: 'content type text/html, expected text/event-stream' },
    ],
  ])('has failed where the server answers %j %j', async (status, headers, body, expected) => {
    const url = await serve((_request, response) =>
      response.writeHead(status, headers as Record<string, string>).end(body),
    );
    expect((await connect(connector, url)).outcome).toEqual(expected);
  });

  it('has failed where nobody listens, and where it must not go', async () => {
    const url = await serve(() => {});
    server!.close();
    const refused = await connect(connector, url);
    expect(refused.outcome).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('ECONNREFUSED') });
    const outside = await connect(connector, 'http://192.0.2.1:9');
    expect(outside.outcome).toMatchObject({ outcome: 'refused', isOwn: true });
    server = null;
  });
});

describe('long polling', () => {
  const connector = createLongPollConnector(null, hosts);

  it('asks again behind each answer, and has its messages as frames', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      expect(request.headers['x-me']).toBe('u1');
      if (asked.length > 3) return;
      const answers = ['{"last":2,"messages":["a","b"]}', '', '{"last":5,"messages":["c"]}'];
      response.end(answers[asked.length - 1]);
    });
    const { outcome, frames } = await connect(connector, url);
    await vi.waitUntil(() => asked.length === 4, { timeout: 60_000 });
    expect(asked).toEqual(['/?after=0', '/?after=2', '/?after=2', '/?after=5']);
    expect(frames).toEqual(['a', 'b', 'c']);
    expect(outcome).toMatchObject({ outcome: 'ok', heldUs: 0 });
  });

  it('is connected where a server holds its first request, from the time when that was out', async () => {
    const url = await serve(() => {});
    expect((await connect(connector, url)).outcome).toMatchObject({ outcome: 'ok', heldUs: 250_000 });
  });

  it('has failed where the server refuses the first request, and ends where it refuses another', async () => {
    let answers = 0;
    const url = await serve((_request, response) => {
      if (answers++ === 1) response.end('{"last":1,"messages":[]}');
      else response.writeHead(401).end('expired');
    });
    const first = await connect(connector, url);
    const refusal = { outcome: 'refused', detail: 'HTTP status 401: expired', answer: { status: 401, location: null } };
    expect(first.outcome).toEqual(refusal);
    const { closed } = await connect(connector, url);
    await vi.waitUntil(() => closed.length > 0, { timeout: 60_000 });
    expect(closed).toEqual([['refused: HTTP status 401: expired', 401]]);
  });

  it('asks nothing while it does not read, nor once it is closed', async () => {
    const waiting: ServerResponse[] = [];
    const url = await serve((_request, response) => waiting.push(response));
    const { outcome, frames } = await connect(connector, url);
    if (outcome.outcome !== 'ok') throw new Error(outcome.detail);
    outcome.connection.pauseReading();
    waiting[0]!.end('{"last":1,"messages":["a"]}');
    await vi.waitUntil(() => frames.length === 1, { timeout: 60_000 });
    expect(waiting).toHaveLength(1);
    outcome.connection.resumeReading();
    await vi.waitUntil(() => waiting.length === 2, { timeout: 60_000 });
    outcome.connection.close();
    expect(outcome.connection.isOpen).toBe(false);
  });

  it('ends where an answer is none', async () => {
    const url = await serve((_request, response) => response.end('<p>'));
    const { closed } = await connect(connector, url);
    await vi.waitUntil(() => closed.length > 0, { timeout: 60_000 });
    expect(closed[0]![0]).toContain('protocol: not the answer to a poll');
  });
});
