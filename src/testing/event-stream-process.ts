import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Streams of events to whoever asks; all of them get one when the parent says so. */

const streams = new Set<ServerResponse>();
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': ready\n\n');
  streams.add(response);
});
server.listen(0, '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  for (const stream of streams) stream.write('data: hello\n\n');
});
