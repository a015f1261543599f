import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StatsEndpoint {
  readonly server: Server;
  readonly port: number;
  /** Address of the figures. */
  readonly stats: string;
  close(): Promise<void>;
}

/**
 * Serves `/stats` (the figures as JSON, read anew for each request) and `/healthz` (200 as long as the process answers).
 * Rejects where the port is taken. Port 0 takes any free one.
 *
 * @param answerMore answers any other request, or says that it does not
 */
export async function openStatsEndpoint(
  address: { readonly host: string; readonly port: number },
  readStats: () => Readonly<Record<string, number>>,
  answerMore: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<StatsEndpoint> {
  const server = createServer({ headersTimeout: 10_000, connectionsCheckingInterval: 5_000 }, (request, response) => {
    if (request.url === '/stats') answer(response, 200, 'application/json', JSON.stringify(readStats()));
    else if (request.url === '/healthz') answer(response, 200, 'text/plain', 'ok');
    else if (!answerMore(request, response)) answer(response, 404, 'text/plain', 'expected /stats or /healthz');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...address, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    stats: `http://${address.host}:${port}/stats`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
