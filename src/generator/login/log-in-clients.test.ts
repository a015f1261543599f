import { describe, expect, it } from 'vitest';
import { createTemplateProtocol } from '../../protocol/adapters/template.ts';
import type { LoginRequest } from '../../protocol/chat-protocol.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import type { TemplateSpec } from '../../scenario/protocol-spec.ts';
import { populationFixture } from '../../testing/plan-fixture.ts';
import { runShardOn } from '../../testing/run-shard-on.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { type UserTable, UserTableBuilder } from '../../user-table.ts';
import type { ConnectionListener, Connector } from '../connection.ts';
import { fillTemplate } from '../http/fill-template.ts';
import type { RequestHttp, RequestOutcome } from './request-http.ts';

const MS = 1000;
const SECOND = 1_000_000;

function usersNamed(...names: readonly string[]): UserTable {
  const builder = new UserTableBuilder();
  for (const name of names) builder.add([name, `pw of ${name}`]);
  return builder.build({ columns: ['name', 'pw'], nameColumn: 0, roomColumn: -1, secret: [false, true] });
}

const DESCRIBED = {
  users: 'some.csv',
  url: '{endpoint}/{user}?t={token}',
  send: '{token} {body}',
  'sender-receives': true,
  login: [
    { http: { url: 'http://{host}/csrf', method: 'GET' }, expect: '3xx', capture: { csrf: { header: 'X-Csrf' } } },
    {
      http: {
        url: 'http://{host}/login',
        headers: { 'X-Csrf': '{csrf}' },
        form: { who: '{user.name}', pw: '{user.pw}' },
      },
      capture: { token: { json: 'data.token' } },
    },
  ],
};

/** Echoes to whoever has the token that was given last, and closes all its connections with this code when it is told to. */
class VirtualServer {
  readonly requests: { readonly atUs: number; readonly request: LoginRequest }[] = [];
  readonly urls: string[] = [];
  readonly #tokens = new Map<string, string>();
  readonly #listeners = new Set<ConnectionListener>();
  readonly #clock: VirtualClock;
  readonly #answerUs: number;

  constructor(clock: VirtualClock, answerUs: number) {
    this.#clock = clock;
    this.#answerUs = answerUs;
  }

  readonly requestHttp: RequestHttp = (request) => {
    this.requests.push({ atUs: this.#clock.nowUs(), request });
    return new Promise((resolve) => this.#clock.after(this.#answerUs, () => resolve(this.#answer(request))));
  };

  readonly connector: Connector = {
    connect: async ({ url }, _timeoutUs, listener) => {
      this.urls.push(url);
      const { pathname, searchParams } = new URL(url);
      if (this.#tokens.get(decodeURIComponent(pathname.slice(1))) !== searchParams.get('t')) {
        return { outcome: 'refused', detail: 'HTTP status 401', answer: { status: 401, location: null } };
      }
      this.#listeners.add(listener);
      return {
        outcome: 'ok',
        connection: {
          isOpen: true,
          bufferedBytes: 0,
          sendText() {},
          sendPing() {},
          sendMessages: (templates, room, sequences, _payloads, onWrite) => {
            onWrite(sequences);
            for (const sequence of sequences) listener.onFrame(fillTemplate(templates[0]!, sequence, room));
          },
          pauseReading() {},
          resumeReading() {},
          close: () => this.#listeners.delete(listener),
        },
      };
    },
  };

  /** All tokens end, and all connections with them. */
  endAll(code: number): void {
    this.#tokens.clear();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.onClose(`closed with ${code}`, code);
  }

  #answer({ url, headers, body }: LoginRequest): RequestOutcome {
    if (url.endsWith('/csrf')) return answered(302, '', { 'x-csrf': 'c-1' });
    const fields = new URLSearchParams(body ?? '');
    const name = fields.get('who') ?? '';
    if (headers['X-Csrf'] !== 'c-1' || fields.get('pw') !== `pw of ${name}` || name === 'mallory')
      return answered(401, '{"error":"bad_credentials"}');
    const token = `token ${this.requests.length} of ${name}`;
    this.#tokens.set(name, token);
    return answered(200, JSON.stringify({ data: { token } }));
  }
}

function answered(status: number, text: string, headers: Record<string, string> = {}): RequestOutcome {
  return { outcome: 'answered', status, text, headers };
}

async function run(
  names: readonly string[],
  more: object = {},
  script?: (server: VirtualServer, clock: VirtualClock) => void,
) {
  const clock = new VirtualClock();
  const server = new VirtualServer(clock, 20 * MS);
  const spec = protocolBlock.parse({ ...DESCRIBED, ...more }) as TemplateSpec;
  script?.(server, clock);
  const { connector, requestHttp } = server;
  const report = await runShardOn(
    clock,
    connector,
    {
      population: populationFixture(names.length, 1),
      phases: { warmupUs: 0, measureUs: SECOND, drainTimeoutUs: SECOND },
      reconnect: { backoff: 'full-jitter', baseUs: MS, maxUs: MS },
    },
    { protocol: createTemplateProtocol(spec, {}), requestHttp, users: usersNamed(...names) },
  );
  return { report, server };
}

describe('clients that log in', () => {
  it('take one step after the other, and connect with a token of their own', async () => {
    const { report, server } = await run(['ann', 'bob & co', 'eve', 'joe']);
    expect(report.connections).toMatchObject({ attempted: 4, opened: 4, failed: 0, logins: 4, loginsFailed: 0 });
    expect(server.requests.map(({ request }) => `${request.method} ${request.url}`).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'GET http://virtual/csrf'),
      ...Array.from({ length: 4 }, () => 'POST http://virtual/login'),
    ]);
    expect(new Set(server.urls).size).toBe(4);
    // Both requests of a login, and nothing of connecting.
    expect(report.histograms.login).toMatchObject({ count: 4, maxUs: 40 * MS });
    expect(report.histograms.connect).toMatchObject({ count: 4, maxUs: 0 });
  });

  it('do so at their own pace, so many at once', async () => {
    const { server } = await run(['a', 'b', 'c', 'd'], { 'login-rate': '10/s', 'login-concurrency': 1 });
    const first = server.requests.filter(({ request }) => request.url.endsWith('/csrf')).map(({ atUs }) => atUs);
    expect(first.map((atUs) => atUs - first[0]!)).toEqual([0, 100 * MS, 200 * MS, 300 * MS]);
    const crowded = await run(['a', 'b', 'c', 'd'], { 'login-concurrency': 2 });
    const begun = crowded.server.requests
      .filter(({ request }) => request.url.endsWith('/csrf'))
      .map(({ atUs }) => atUs);
    expect(begun.map((atUs) => atUs - begun[0]!)).toEqual([0, 0, 40 * MS, 40 * MS]);
  });

  it('are failed clients where they are not let in, with status and body, and are not tried to connect', async () => {
    const { report, server } = await run(['ann', 'mallory', 'eve', 'joe']);
    expect(report.connections).toMatchObject({ attempted: 4, opened: 3, failed: 1, logins: 3, loginsFailed: 1 });
    expect(report.connections.failures).toEqual({
      'refused: login, step 2: HTTP status 401: {"error":"bad_credentials"}': 1,
    });
    expect(server.urls).toHaveLength(3);
  });

  it('log in again where their token ended, before they come back, and use the new one', async () => {
    const login = { steps: DESCRIBED.login, 'again-on': [401, 4001] };
    const { report, server } = await run(['ann', 'bob'], { login }, (virtual, clock) => {
      clock.after(500 * MS, () => virtual.endAll(4001));
      clock.after(800 * MS, () => virtual.endAll(1006));
    });
    // 1006 is no reason to log in; the 401 that comes of it is.
    expect(report.connections).toMatchObject({ opened: 2, dropped: 4, reconnected: 4, logins: 6, reconnectsFailed: 2 });
    expect(report.ledger.lost).toBe(0);
    expect(new Set(server.urls.slice(-2)).size).toBe(2);
  });
});
