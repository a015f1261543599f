import { describe, expect, it } from 'vitest';
import { ChatbenchError } from '../errors.ts';
import { parseScenario } from './parse-scenario.ts';
import { readProtocol } from './read-protocol.ts';

const HEAD = 'name: mine\nquestion: Does it work?\nrate: 10/s\n';
const options = { file: 'dir/my.yaml', checkThreshold: () => null, environment: { CHAT_TOKEN: 'x' } };

function problemsOf(text: string): readonly string[] {
  try {
    parseScenario(HEAD + text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ChatbenchError);
    return (error as ChatbenchError).message.split('\n');
  }
  return [];
}

function protocolOf(block: string) {
  return parseScenario(`${HEAD}target: ws://127.0.0.1:1/\nprotocol:\n${block}`, options).protocol;
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
describe('a description of a protocol', () => {
  it('needs what is sent; all else has a default', () => {
    expect(protocolOf("  send: { text: '{body}' }")).toEqual({
      kind: 'template',
      transport: 'websocket',
      frames: 'text',
      encoding: 'text',
      compression: false,
      poll: null,
      mqtt: null,
      usersFile: null,
      login: null,
      name: 'template',
      url: '{endpoint}',
      headers: {},
      subprotocols: [],
      rooms: 'r{n}',
      users: 'u{n}',
      opening: [],
      send: { by: 'frame', frame: { text: '{"text":"{body}"}', encoding: 'json' } },
      heartbeat: null,
      answers: [],
      separator: null,
      message: null,
      ack: null,
      error: null,
      senderReceives: false,
    });
  });

  it('takes every key, sends before an await being one step', () => {
    const spec = protocolOf(`
  url: 'ws://{host}/ws/{room}/{user}'
  headers: { Authorization: 'Bearer \${env:CHAT_TOKEN}' }
  subprotocols: [chat.v1]
  rooms: 'room-{n}'
  users: '{n}'
  open:
    - send: { type: auth }
    - send: hello
    - await: { starts-with: '{"type":"welcome"', contains: '{user}' }
      count: 2
    - send: { type: join, room: '{room}' }
  send: 'SAY {room} {seq} {body}'
  heartbeat: { every: 20s, ping: true }
  answers: [{ to: { equals: ping }, send: pong }]
  separator: "\\n"
  message: { json: { type: say, data.ok: true } }
  ack: { regex: '"seq":(1\\d{10})' }
  error: '"error"'
  sender-receives: true
`);
    expect(spec).toMatchObject({
      url: 'ws://{host}/ws/{room}/{user}',
      headers: { Authorization: 'Bearer ${env:CHAT_TOKEN}' },
      opening: [
        {
          send: [{ text: '{"type":"auth"}' }, { text: 'hello' }],
          await: [
            { test: 'starts-with', text: '{"type":"welcome"' },
            { test: 'contains', text: '{user}' },
          ],
          count: 2,
        },
        { send: [{ text: '{"type":"join","room":"{room}"}' }], await: null, count: 0 },
      ],
      send: { by: 'frame', frame: { text: 'SAY {room} {seq} {body}', encoding: 'text' } },
      heartbeat: { everyUs: 20_000_000, frame: null },
      separator: '\n',
      message: [
        { test: 'json', path: ['type'], equals: 'say' },
        { test: 'json', path: ['data', 'ok'], equals: true },
      ],
      ack: [{ test: 'regex', pattern: '"seq":(1\\d{10})' }],
      senderReceives: true,
    });
  });

  it('may send by HTTP', () => {
    expect(protocolOf("  send: { http: { url: 'http://{host}/{room}', body: { text: '{body}' } } }")).toMatchObject({
      send: {
        by: 'http',
        method: 'POST',
        url: 'http://{host}/{room}',
        headers: { 'content-type': 'application/json' },
        connections: 64,
      },
    });
  });

  it('may be a name, a preset with its own words, or a module beside the file', () => {
    const scenario = (protocol: string) =>
      parseScenario(`${HEAD}target: ws://127.0.0.1:1/\nprotocol: ${protocol}`, options).protocol;
    expect(scenario('stomp')).toMatchObject({ kind: 'template', name: 'stomp', senderReceives: true });
    expect(scenario('{ use: socket.io, namespace: /chat, users: "user{n}" }')).toMatchObject({
      name: 'socket.io',
      users: 'user{n}',
      message: [{ test: 'starts-with', text: '42/chat,' }],
    });
    expect(scenario('./my-protocol.ts')).toEqual({
      kind: 'module',
      file: expect.stringMatching(/^\/.*[/]dir[/]my-protocol\.ts$/),
    });
  });

  it('that names its server needs no target', () => {
    const { target } = parseScenario(`${HEAD}protocol: { url: 'ws://127.0.0.1:7/{room}', send: '{body}' }`, options);
    expect(target).toMatchObject({ kind: 'external', url: 'ws://127.0.0.1:7' });
  });

  it('lets a sender be alone in a room only where it gets its own messages', () => {
    const scenario = (own: boolean) =>
      `target: ws://127.0.0.1:1/\nrooms: { size: 1 }\nprotocol: { send: '{body}', sender-receives: ${own} }`;
    expect(problemsOf(scenario(true))).toEqual([]);
    expect(problemsOf(scenario(false))).toEqual([expect.stringContaining('a sender has no recipient')]);
  });
});

describe('mistakes in a description', () => {
  it('are all told at once, in the order of the file', () => {
    const text = `target: ws://127.0.0.1:1/
protocol:
  url: '{endpoint}/{rom}'
  headers: { A: '\${env:NOT_SET}', B: "x\\ny" }
  open: [{ send: a, await: b }, { await: { jsn: { a: 1 } } }]
  send: { text: {body} }
  ack: { regex: '(a+)+$' }
  heartbeat: { every: 3s }
  extra: 1
`;
    expect(problemsOf(text)).toEqual([
      'dir/my.yaml:6:8: protocol.url: unknown placeholder {rom}, did you mean "room"?',
      'dir/my.yaml:7:17: environment variable NOT_SET: expected it to be set',
      'dir/my.yaml:7:38: protocol.headers.B: expected a text on one line',
      'dir/my.yaml:8:10: protocol.open[0]: expected either { send: … } or { await: … }, one step each',
      'dir/my.yaml:8:44: unknown key "jsn", did you mean "json"?',
      'dir/my.yaml:9:9: protocol.send: expected "{body}" in quotes: YAML takes bare braces for a mapping',
      'dir/my.yaml:10:17: protocol.ack.regex: expected a regular expression without repetitions of repetitions, got "(a+)+$"',
      'dir/my.yaml:11:14: protocol.heartbeat: expected either a frame to send, or ping: true for a WebSocket ping',
      expect.stringMatching(/^dir\/my\.yaml:12:3: unknown key "extra", expected one of url, headers/),
    ]);
  });

  it.each([
    ['protocol: ech', /5:11|4:11: protocol: expected reference, echo.*did you mean "echo"/],
    ['protocol: 5', /protocol: expected reference, .* got 5/],
    ['protocol: { use: stom }', /expected use: socket\.io, stomp, .* or sockjs, got "stom", did you mean "stomp"/],
    ['protocol: {}', /protocol\.send: expected a text, or a mapping that is sent as JSON, got nothing/],
    ["protocol: { send: 'hello' }", /protocol\.send: expected '\{body\}' in it/],
    [
      "protocol: { send: { http: { url: 'ws://a/', body: '{body}' } } }",
      /send\.http\.url: expected an address such as 'http/,
    ],
    ["protocol: { send: { http: { url: 'http://a/', body: 'x' } } }", /send\.http\.body: expected '\{body\}' in it/],
    ["protocol: { send: '{body}', error: '' }", /protocol\.error: expected at least one test that can fail/],
    [
      "protocol: { send: '{body}', ack: 'ok {user}' }",
      /protocol\.ack: unknown placeholder \{user\}, expected none here/,
    ],
    [
      "protocol: { send: '{body}', error: { starts-with: '{room}' } }",
      /error\.starts-with: unknown placeholder \{room\}/,
    ],
    [
      "protocol: { send: '{body}', message: { json: { to: '{user}' } } }",
      /json\.to: unknown placeholder .* same for every/,
    ],
    [
      "protocol: { send: '{body}', answers: [{ to: { equals: 'ping {user}' }, send: pong }] }",
      /answers\[0\]\.to\.equals: unknown placeholder \{user\}/,
    ],
    [
      "protocol: { send: '{body}', ack: { regex: '^(?:(a+))+$' } }",
      /ack\.regex: expected a regular expression without repetitions of repetitions/,
    ],
    [
      "protocol: { send: '{body}', ack: { regex: '^(?:a|aa)+$' } }",
      /ack\.regex: expected a regular expression without repetitions of alternatives/,
    ],
    ["protocol: { send: '{body}', rooms: lobby }", /protocol\.rooms: expected a name .* with \{n\} in it/],
    ["protocol: { send: '{body}', url: 'ws://{room}.a/' }", /protocol\.url: expected the same host for every client/],
    [
      "protocol: { send: '{body}', url: '{endpoint}.{room}.a/' }",
      /protocol\.url: expected the same host for every client/,
    ],
    ["protocol: { send: '{body}', separator: '' }", /protocol\.separator: expected a text that stands between records/],
    ["protocol: { send: '{body}', separator: a1 }", /protocol\.separator: expected a text that .* never in one/],
    ["protocol: { send: '{body}', separator: '\\n' }", /protocol\.separator: expected double quotes, in which .* \\n/],
    [
      "protocol: { send: '{body}', headers: { Upgrade: h2c } }",
      /protocol\.headers\.Upgrade: expected a header that is not of the connection itself/,
    ],
    [
      "protocol: { send: '{body}', headers: { sec-websocket-Version: 8 } }",
      /headers\.sec-websocket-Version: expected a header that is not/,
    ],
    [
      "protocol: { send: '{body}', headers: { Sec-WebSocket-Protocol: v1 } }",
      /headers\.Sec-WebSocket-Protocol: expected `subprotocols/,
    ],
    ["protocol: { send: '{body}', headers: { Host: a, host: b } }", /headers\.host: expected each header once/],
    ['protocol: { use: socket.io, send: message }', /protocol\.send: expected an event and its arguments/],
    ['protocol: { use: socket.io, send: [message] }', /protocol\.send: expected '\{body\}' in it/],
    ["target: local\nprotocol: { send: '{body}' }", /target: expected the address of your server/],
  ])('such as %s have a line', (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('have the places of a file of its own', () => {
    const { problems } = readProtocol("url: 5\nsend: '{body}'\nack: { json: 3 }\n", 'p.yaml', '--protocol p.yaml', {});
    expect(problems.map(({ line }) => line)).toEqual([
      expect.stringMatching(/^p\.yaml:1:6: url: expected an address/),
      expect.stringMatching(/^p\.yaml:3:14: ack\.json: expected members/),
    ]);
  });

  it('are looked for in the protocol of a whole scenario that is given as a description', () => {
    const text = `${HEAD}protocol: { send: '\${env:NOT_SET}{body}' }\n`;
    expect(readProtocol(text, 'p.yaml', '--protocol p.yaml', {}).problems.map(({ line }) => line)).toEqual([
      'p.yaml:4:19: environment variable NOT_SET: expected it to be set',
    ]);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how a variable is written in a description
