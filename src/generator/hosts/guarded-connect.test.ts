import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFetchText } from '../http/fetch-text.ts';
import { createHttpSender } from '../http/http-sender.ts';
import { createHostGuard } from './host-guard.ts';

const SECOND = 1_000_000;

/** The first address of each is this machine's: whoever connects without judging all of them ends at the server below. */
const NAMES = { 'intern.example': ['127.0.0.1'], 'mixed.example': ['127.0.0.1', '93.184.216.34'] };
const hosts = createHostGuard({ allowed: [], addresses: NAMES });

let server: Server;
let requests: string[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host}`);
    response.end('hello');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Also where the guard fails, nothing leaves this machine.
  const connect = net.connect as (options: net.TcpNetConnectOpts) => net.Socket;
  const connectHere = (options: net.TcpNetConnectOpts) => {
    if (options.lookup === undefined || !(options.host! in NAMES)) throw new Error(`connects to ${options.host}`);
    return connect(options);
  };
  vi.spyOn(net, 'connect').mockImplementation(connectHere as typeof net.connect);
});

afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

function addressOf(host: string): string {
  return `http://${host}:${(server.address() as AddressInfo).port}/`;
}

async function post(host: string): Promise<readonly [status: number | null, refusal: string | null]> {
  const sender = createHttpSender(60 * SECOND, hosts);
  const answer = Promise.withResolvers<readonly [number | null, string | null]>();
  const request = { method: 'POST', url: addressOf(host), headers: {}, connections: 1 };
  sender.send(request, 0, Buffer.from('{}'), {
    onDispatch() {},
    onAnswer: (status, refusal) => answer.resolve([status, refusal]),
  });
  return answer.promise.finally(() => sender.close());
}

function fetchFrom(host: string): Promise<string | null> {
  return createFetchText(60 * SECOND, hosts)(addressOf(host));
}

describe.each([
  // The look-up of a name fails its connection; of an address nothing is looked up.
  ['93.184.216.34', 0],
  ['[2001:db8::1]', 0],
  ['mixed.example', 1],
])('%s', (host, attempts) => {
  it('is sent no request, and the sender is told why', async () => {
    const name = host.replace(/[[\]]/g, '');
    expect(await post(host)).toEqual([null, `${name} is neither this machine nor in a private network`]);
    expect(net.connect).toHaveBeenCalledTimes(attempts);
    expect(requests).toEqual([]);
  });

  it('is asked for nothing', async () => {
    expect(await fetchFrom(host)).toBeNull();
    expect(net.connect).toHaveBeenCalledTimes(attempts);
    expect(requests).toEqual([]);
  });
});

it('a private name is reached at the address that it had when the run was admitted, and still called by its name', async () => {
  const { host } = new URL(addressOf('intern.example'));
  expect(await post('intern.example')).toEqual([200, null]);
  expect(await fetchFrom('intern.example')).toBe('hello');
  expect(requests).toEqual([`POST ${host}`, `GET ${host}`]);
});

it('a server that does not answer is not said to be refused', async () => {
  server.removeAllListeners('request').on('request', (request) => request.socket.destroy());
  expect(await post('intern.example')).toEqual([null, null]);
});
