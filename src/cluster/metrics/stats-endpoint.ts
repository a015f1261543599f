import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTokenCheck } from '../access/check-token.ts';
import { answerPreflight, type Doors, findStranger } from '../access/find-stranger.ts';
import { type BrokerCheck, findSilentBrokers } from './broker-check.ts';
import type { Metrics } from './metrics.ts';

export interface StatsEndpoint {
  readonly server: Server;
  readonly port: number;
  /** Address of the figures. */
  readonly stats: string;
  close(): Promise<void>;
}

export interface StatsSources {
  readonly readStats: () => Readonly<Record<string, number>>;
  readonly metrics?: Metrics;
  /** Without them it is ready as long as it answers. */
  readonly brokers?: readonly BrokerCheck[];
  /** What else keeps it from being ready, in words; default nothing. */
  readonly troubles?: () => readonly string[];
}

/** Where it listens, and who may ask. */
export interface StatsAddress extends Doors {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Figures are for operators with a token of this key; empty or absent: for everybody who is no stranger. */
  readonly tokenKey?: string | undefined;
}

/**
 * Serves, read anew for each request,
 * — `/stats`: the figures as JSON;
 * — `/metrics`: the same and more for Prometheus;
 * — `/health`: 200, with the names of brokers that do not answer; 503 with what else is amiss, as long as all of them do. Brokers are
 *   shared: one that is silent is so for every other process too, and to take all of them out would drop every client and mend nothing;
 * — `/healthz`: 200 as long as the process answers.
 * and turns strangers away (see `findStranger`). Rejects where the port is taken.
 *
 * @param answerMore answers any other request, or says that it does not
 */
export async function openStatsEndpoint(
  address: StatsAddress,
  sources: StatsSources,
  answerMore: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<StatsEndpoint> {
  const server = createServer({ headersTimeout: 10_000, connectionsCheckingInterval: 5_000 }, (request, response) => {
    const stranger = findStranger(request.headers, address);
    if (stranger !== null) answer(response, stranger.status, 'text/plain', stranger.text, { connection: 'close' });
    else if (!answerPreflight(request, response)) answerKnown(request, response);
  });
  const check = address.tokenKey ? createTokenCheck(address.tokenKey) : null;
  const answerFigures = async (request: IncomingMessage, response: ServerResponse, figures: () => unknown) => {
    if (check === null || (await check(request))?.isOperator === true) figures();
    else answer(response, 401, 'text/plain', 'expected the token of an operator', { 'www-authenticate': 'Bearer' });
  };
  const answerKnown = (request: IncomingMessage, response: ServerResponse): void => {
    const { metrics, readStats } = sources;
    const path = request.url?.split('?', 1)[0];
    if (path === '/stats') {
      void answerFigures(request, response, () => answer(response, 200, JSON_TYPE, JSON.stringify(readStats())));
    } else if (path === '/metrics' && metrics !== undefined) {
      void answerFigures(request, response, () => answerMetrics(response, metrics));
    } else if (path === '/health') void answerHealth(response, sources);
    else if (path === '/healthz') answer(response, 200, 'text/plain', 'ok');
    else if (!answerMore(request, response)) {
      answer(response, 404, 'text/plain', 'expected /stats, /metrics, /health or /healthz');
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address.host, port: address.port, backlog: 4096 }, () => {
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

/** The one trouble that no broker is the cause of. */
export const DRAINING = 'draining';

const JSON_TYPE = 'application/json';

async function answerMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  const { contentType, text } = await metrics.render();
  answer(response, 200, contentType, text);
}

async function answerHealth(response: ServerResponse, { brokers = [], troubles = () => [] }: StatsSources) {
  const silent = await findSilentBrokers(brokers);
  const found = troubles().filter((trouble) => silent.length === 0 || trouble === DRAINING);
  const ready = found.length === 0;
  const body = { status: ready ? 'ready' : 'unavailable', silent, ...(found.length > 0 && { troubles: found }) };
  answer(response, ready ? 200 : 503, JSON_TYPE, JSON.stringify(body));
}

function answer(response: ServerResponse, status: number, type: string, body: string, headers: object = {}): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}
