import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChatbenchError } from '../../errors.ts';
import type { LiveMetric } from '../live-metrics.ts';
import { PROMETHEUS_TYPE, renderPrometheus } from './render-prometheus.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface MetricsServer {
  /** Where `/metrics` is served. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the metrics of a run at `/metrics` for as long as it lasts.
 *
 * @throws ChatbenchError `usage` where nothing can listen at the address
 */
export async function serveMetrics(
  { host, port }: ListenAddress,
  listMetrics: () => readonly LiveMetric[],
): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(path === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' }).end('see /metrics\n');
      return;
    }
    response.writeHead(200, { 'content-type': PROMETHEUS_TYPE }).end(await renderPrometheus(listMetrics()));
  });
  server.listen(port, host);
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new ChatbenchError('usage', `--prometheus ${host}:${port}: cannot listen there (${cause.code})`, {
      hint: 'choose another port, such as --prometheus :9465',
      cause,
    });
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
