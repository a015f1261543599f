import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { StubbornClient } from './stubborn-client.ts';

test('a client asks for what it lacks from the first gap on, again where it is refused, until nothing more comes', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (asked.length === 1) {
      response.writeHead(503).end('{"code":"unavailable"}');
      return;
    }
    const after = Number(new URL(request.url ?? '', 'http://gateway').searchParams.get('after'));
    const rows = [1, 2, 3, 4, 5, 6, 7].map((seq) => ({ id: `m${seq}`, seq }));
    // Shorter than asked for.
    response.end(JSON.stringify({ messages: rows.filter(({ seq }) => seq > after).slice(0, 2) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new StubbornClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`, 'ann', 'r 1');
  for (const seq of [2, 1, 5]) client.received.push({ id: `m${seq}`, seq });
  await client.fillGaps();
  client.close();
  server.close();
  expect(client.found.map(({ id }) => id)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7']);
  expect(asked).toEqual([2, 2, 4, 6, 7].map((after) => `/rooms/r%201/messages?after=${after}&limit=1000`));
});
