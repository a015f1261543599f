import { afterAll, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../clock.ts';
import { PRIVATE_ONLY } from '../../host-rules.ts';
import { selectProtocol } from '../../protocol/select-protocol.ts';
import { protocolBlock } from '../../scenario/protocol-block.ts';
import { type ChatScript, type ChatServer, startChatServer } from '../../testing/chat-server.ts';
import { createHostGuard } from '../hosts/host-guard.ts';
import { createRequestHttp } from '../login/request-http.ts';
import { createWebSocketConnector } from '../socket/web-socket-connector.ts';
import { concludeProbe } from './conclude-probe.ts';
import { probeServer } from './probe-server.ts';

const servers: ChatServer[] = [];

afterAll(() => Promise.all(servers.map((server) => server.stop())));

const hosts = createHostGuard(PRIVATE_ONLY);

async function probe(script: ChatScript, described: object, variables: Record<string, string> = {}) {
  const server = await startChatServer(script);
  servers.push(server);
  const spec = protocolBlock.parse({ url: '{endpoint}/{room}/{user}', ...described });
  const protocol = await selectProtocol(spec, variables);
  const outcome = await probeServer(`ws://${server.host}/`, protocol, {
    connector: createWebSocketConnector(null, hosts),
    hosts,
    clock: monotonicClock,
    timeoutUs: 1_000_000,
    requestHttp: createRequestHttp(1_000_000, hosts, 1),
    users: null,
  });
  return { ...concludeProbe(outcome, protocol), outcome, requests: server.requests };
}

/** Members get what the others say; the sender gets what `acknowledge` makes of it. */
function chat(acknowledge: (text: string) => string = (text) => `ok ${text}`): ChatScript {
  return {
    hear(member, text) {
      member.tell(`from ${member.user}: ${text}`);
      member.send(acknowledge(text));
    },
  };
}

/** What gathers for a member within 20 ms goes out as one frame; the sender gets its acknowledgements the same way. */
function gathering(separator: string, ack: string): ChatScript {
  const waiting = new Map<string, string[]>();
  const gather = (key: string, send: (text: string) => void, record: string) => {
    const records = waiting.get(key) ?? [];
    waiting.set(key, records);
    if (records.push(record) === 1) setTimeout(() => send(records.splice(0).join(separator)), 20);
  };
  return {
    hear({ user, send, tell }, text) {
      gather(`to others of ${user}`, tell, text);
      gather(user, send, `${ack} ${text}`);
    },
  };
}

const SAY = { send: 'say {seq} {body}', ack: { 'starts-with': 'ok' } };

describe('a description that fits', () => {
  it.concurrent('is found to work, each frame with the rule that told it', async () => {
    const { status, text, outcome } = await probe(chat(), SAY);
    expect(text).toMatch(/^works: both users joined, the message reached the recipient after .* acknowledged after/);
    expect(status).toBe('works');
    expect(outcome.events.map(({ user, direction, meaning }) => `${user} ${direction} ${meaning}`).sort()).toEqual([
      ...Array<string>(3).fill('0 in acknowledgement, with the marker (ack: starts with "ok")'),
      '0 note connects',
      '0 note joined',
      ...Array<string>(3).fill('0 out message'),
      ...Array<string>(3).fill('1 in message, with the marker'),
      '1 note connects',
      '1 note joined',
    ]);
  });

  it.concurrent('has every step of the opening taken in its turn, heartbeats of the server answered between them', async () => {
    const heard: string[] = [];
    const script: ChatScript = {
      greet: ({ send }) => send('welcome'),
      hear({ user, send, tell }, text) {
        if (text.startsWith('say')) return tell(text);
        heard.push(`${user}: ${text}`);
        if (text === 'login') send('ping');
        if (text === 'pong') send('in u0 and u1');
        if (text === 'join r0') for (const room of ['lobby', 'r0']) send(`joined ${room}`);
      },
    };
    const described = {
      open: [
        { await: 'welcome' },
        { send: 'login' },
        { await: { contains: '{user}', 'starts-with': 'in' } },
        { send: 'join {room}' },
        { await: 'joined', count: 2 },
        { send: 'ready' },
      ],
      answers: [{ to: { equals: 'ping' }, send: 'pong' }],
      send: 'say {body}',
    };
    expect((await probe(script, described)).status).toBe('works');
    expect(heard).toEqual(
      ['u0', 'u1'].flatMap((user) => ['login', 'pong', 'join r0', 'ready'].map((text) => `${user}: ${text}`)),
    );
  });

  it.concurrent('sends headers and subprotocols, variables in them, and encodes them in the address', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
    const token = '${env:T}';
    const described = {
      ...SAY,
      url: `{endpoint}/x/{room}/{user}?t=${token}`,
      headers: { 'X-Token': token, 'X-User': '{user}' },
      subprotocols: ['chat.v1'],
      open: [{ send: { token } }],
    };
    const frames: string[] = [];
    const { hear } = chat();
    const script: ChatScript = {
      hear: (member, text) => (text.startsWith('{') ? frames.push(text) : hear?.(member, text)),
    };
    const { status, requests } = await probe(script, described, { T: 'a b"&c' });
    expect(status).toBe('works');
    const [first] = requests;
    expect(first?.url).toBe('/x/r0/u0?t=a%20b%22%26c');
    expect(first?.headers).toMatchObject({
      'x-token': 'a b"&c',
      'x-user': 'u0',
      'sec-websocket-protocol': 'chat.v1',
    });
    expect(frames[0]).toBe('{"token":"a b\\"&c"}');
  });

  it.concurrent('may have acknowledgements that give back the number alone', async () => {
    const numbered = chat((text) => `ok #${text.split(' ')[1]}`);
    expect((await probe(numbered, { ...SAY, ack: { regex: '^ok #(1\\d{10})$' } })).text).toContain('was acknowledged');
  });

  it.concurrent('may be of a server that greets with its history', async () => {
    const history = 'x'.repeat(1_000_000);
    const script: ChatScript = { ...chat(), greet: ({ send }) => send(history) };
    expect((await probe(script, { ...SAY, open: [{ await: 'xxx' }] })).text).toMatch(/^works/);
  });

  it.concurrent('may send by HTTP', async () => {
    const script: ChatScript = {
      request(request, body, tellRoom, response) {
        tellRoom(request.url!.split('/')[2]!, body);
        response.writeHead(request.headers['x-user'] === 'u0' ? 202 : 400).end();
      },
    };
    const http = { url: 'http://{host}/rooms/{room}', headers: { 'X-User': '{user}' }, body: { text: '{body}' } };
    const { text, outcome } = await probe(script, { send: { http }, 'sender-receives': true });
    expect(text).toMatch(/reached the recipient after .* and was acknowledged/);
    expect(outcome.arrived.map(({ length }) => length)).toEqual([3, 3]);
    expect(outcome.events.map(({ meaning }) => meaning)).toContain('acknowledged: HTTP 202');
  });

  it.concurrent.each([
    ['\n', {}, 'say separator: "\\n" (in double quotes)'],
    ['\x1e', { separator: '\x1e' }, null],
    [' ', {}, null],
  ])('is told that its server joins messages by %j', async (separator, more, remedy) => {
    const { status, text, remedy: given } = await probe(gathering(separator, 'ok'), { ...SAY, ...more });
    expect({ status, text }).toEqual({ status: 'works', text: expect.stringMatching(/came together in one frame/) });
    if (remedy === null) expect(given).toBe(null);
    else expect(given).toContain(remedy);
  });

  it.concurrent('is to be mended where its server joins what only a separator tells apart', async () => {
    const described = { send: 'say {body}', ack: { 'starts-with': 'ok' }, message: 'say' };
    const { status, text, remedy } = await probe(gathering('\n', 'say ok'), described);
    expect({ status, text }).toEqual({ status: 'mend', text: expect.stringContaining('nothing tells what') });
    expect(remedy).toContain('separator: "\\n"');
  });

  it.concurrent('may be STOMP, of which a server wants its every letter', async () => {
    const script: ChatScript = {
      hear(member, text) {
        const [head = '', body = ''] = text.split('\n\n');
        const [command, ...lines] = head.split('\n');
        const headers = Object.fromEntries(lines.map((line) => line.split(/:(.*)/s)));
        if (command === 'CONNECT' && headers['accept-version'] === '1.2' && headers.host === '/') {
          member.send('CONNECTED\nversion:1.2\n\n\0');
        }
        if (command === 'SEND' && headers.destination === '/topic/r0' && body.endsWith('\0')) {
          const message = `MESSAGE\nsubscription:0\nmessage-id:1\ndestination:${headers.destination}\n\n${body}`;
          member.tell(message);
          member.send(message);
        }
        if (headers.receipt !== undefined) member.send(`RECEIPT\nreceipt-id:${headers.receipt}\n\n\0`);
      },
    };
    expect((await probe(script, { use: 'stomp' })).text).toMatch(/^works: .* acknowledged/);
  });
});

describe('a description that does not fit', () => {
  it.each<[string, ChatScript, object, RegExp, RegExp]>([
    [
      'an acknowledgement that no rule tells',
      chat((text) => `yes ${text}`),
      SAY,
      /no frame was recognised as an acknowledgement; the sender got yes say 1/,
      /`ack`/,
    ],
    [
      'an acknowledgement that does not say for what',
      chat(() => 'ok'),
      SAY,
      /the acknowledgement ok does not tell which message/,
      /\{id\}/,
    ],
    [
      'a delivery that no rule tells',
      chat(),
      { ...SAY, message: 'news' },
      /no frame was recognised as a message; the frame that carried the text was from u0: say/,
      /`message`/,
    ],
    [
      'a delivery that is taken for an acknowledgement',
      chat(),
      { ...SAY, ack: 'say' },
      /carried the text was from u0: .* taken for an acknowledgement/,
      /narrow/,
    ],
    [
      'users who do not meet',
      chat(),
      { ...SAY, url: '{endpoint}/{user}/{room}' },
      /did not reach the recipient: nothing came/,
      /same room/,
    ],
    [
      'a server that is silent in the opening',
      chat(),
      { ...SAY, open: [{ await: 'hello' }] },
      /user 0 did not get past step 1 .* nothing came/,
      /`await`/,
    ],
    [
      'another greeting',
      { greet: ({ send }) => send('good evening') },
      { ...SAY, open: [{ await: 'hello' }] },
      /the last frame that came was good evening/,
      /`await`/,
    ],
    [
      'a refusal in the opening',
      { greet: ({ send }) => send('error: who are you?') },
      { ...SAY, error: 'error', open: [{ await: 'hello' }] },
      /step 1 of the opening: error: who are you\?/,
      /token/,
    ],
    [
      'a refused message',
      { hear: ({ send }) => send('error: no') },
      { ...SAY, error: 'error' },
      /refused: error: no/,
      /`send`/,
    ],
    [
      'a sender who unexpectedly hears itself',
      {
        hear: (m, text) => {
          m.send(text);
          m.tell(text);
        },
      },
      { send: '{body}' },
      /the sender got its own message/,
      /true/,
    ],
    ['a sender who does not', chat(), { ...SAY, 'sender-receives': true }, /did not get its own message/, /false/],
    [
      'a message that comes twice',
      {
        hear: (m, text) => {
          m.tell(text);
          m.tell(text);
        },
      },
      { send: '{body}' },
      /reached the recipient 2 times/,
      /once/,
    ],
    [
      'a request that is redirected',
      { request: (_request, _body, _tell, response) => response.writeHead(302, { location: '/elsewhere' }).end() },
      { send: { http: { url: 'http://{host}/a', body: '{body}' } } },
      /the message was refused: POST http:.*: HTTP 302$/,
      /redirects are not followed: let `url` of `send` be/,
    ],
    [
      'a request to nowhere',
      { request: (_request, _body, _tell, response) => response.writeHead(404).end() },
      { send: { http: { url: 'http://{host}/a', body: '{body}' } } },
      /refused: POST http:.*: HTTP 404$/,
      /the path of `url` of `send`/,
    ],
    [
      'a request that nobody takes',
      {},
      { send: { http: { url: 'http://127.0.0.1:1/a', body: '{body}' } } },
      /refused: POST http:.*: no answer$/,
      /up at `url` of `send`/,
    ],
    [
      'a request that is not answered in time',
      { request: (_request, body, tellRoom) => tellRoom('r0', body) },
      { send: { http: { url: 'http://{host}/a', body: '{body}' } }, 'sender-receives': true },
      /POST http:.* was not answered in time/,
      /--timeout 30s/,
    ],
    ['a delivery that takes too long', { hear() {} }, { send: '{body}' }, /nothing came/, /same room; .*--timeout 30s/],
  ])('%s: it says so, and what to mend', async (_what, script, described, problem, remedy) => {
    const { status, text, remedy: given } = await probe(script, described);
    expect({ status, text }).toEqual({ status: 'mend', text: expect.stringMatching(problem) });
    expect(given).toMatch(remedy);
  });

  it.each<readonly [string, ChatScript, RegExp, RegExp]>([
    ['a handshake without leave', { refuse: { status: 401 } }, /no connection: HTTP status 401: no$/, /token/],
    ['a handshake that is forbidden', { refuse: { status: 403 } }, /HTTP status 403: no$/, /`headers`/],
    ['a handshake at the wrong path', { refuse: { status: 404 } }, /HTTP status 404: no$/, /the path of `url`/],
    [
      'a handshake that is redirected',
      { refuse: { status: 301, location: 'https://anna:pw@chat.example/ws?token=abcdefgh' } },

      /HTTP status 301: no, to https:\/\/\*\*\*@chat\.example\/ws\?token=\*\*\*$/,
      /not followed: let `url` be/,
    ],
    ['a server that speaks no WebSocket', { refuse: { status: 426 } }, /HTTP status 426: no$/, /not with a WebSocket/],
  ])('%s: no connection opened, and what may be wrong with it', async (_what, script, problem, remedy) => {
    const { status, text, remedy: given } = await probe(script, SAY);
    expect({ status, text }).toEqual({ status: 'unreachable', text: expect.stringMatching(problem) });
    expect(given).toMatch(remedy);
  });

  it.concurrent('is not blamed where a proxy has no server behind it', async () => {
    const { status, text, remedy } = await probe({ refuse: { status: 502 } }, SAY);
    expect({ status, text }).toEqual({ status: 'unreachable', text: 'no connection: HTTP status 502: no' });
    expect(remedy).toContain('proxy');
  });

  it.concurrent('is not blamed where there is no server', async () => {
    const { status, text } = await probe({}, { ...SAY, url: 'ws://127.0.0.1:1/{room}' });
    expect({ status, text }).toEqual({ status: 'unreachable', text: expect.stringContaining('ECONNREFUSED') });
  });
});
